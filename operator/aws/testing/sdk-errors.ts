import { DescribeKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { GetBucketPolicyCommand, HeadBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll } from "vitest";
import { checkAnswers } from "../answers/middleware.ts";
import { startEndpoint, type Answer, type Endpoint } from "./endpoint.ts";

/** Errors as the SDK makes them of the answers of a local endpoint. */
export interface SdkErrors {
  /** The error of GetBucketPolicy. */
  s3Get: (answer: Answer) => Promise<Error>;
  /** The error of HeadBucket, which has no body. */
  s3Head: (status: number, headers?: Record<string, string>) => Promise<Error>;
  /** The error of DescribeKey. */
  kmsCall: (answer: Answer) => Promise<Error>;
}

/** Starts the endpoint before the tests of the file and stops it after them. */
export function useSdkErrors(): SdkErrors {
  let endpoint: Endpoint;
  let s3: S3Client;
  let kms: KMSClient;

  beforeAll(async () => {
    endpoint = await startEndpoint();
    const credentials = { accessKeyId: "AKIA", secretAccessKey: "secret" };
    const config = { region: "us-east-1", endpoint: endpoint.url, credentials, maxAttempts: 1 };
    s3 = new S3Client({ ...config, forcePathStyle: true });
    kms = new KMSClient(config);
    s3.middlewareStack.use(checkAnswers("s3"));
    kms.middlewareStack.use(checkAnswers("kms"));
  });

  afterAll(async () => {
    s3.destroy();
    kms.destroy();
    await endpoint[Symbol.asyncDispose]();
  });

  return {
    s3Get: (answer) => {
      endpoint.answer = () => answer;
      return errorOf(s3.send(new GetBucketPolicyCommand({ Bucket: "docs" })));
    },
    s3Head: (status, headers = {}) => {
      endpoint.answer = () => ({ status, headers });
      return errorOf(s3.send(new HeadBucketCommand({ Bucket: "docs" })));
    },
    kmsCall: (answer) => {
      endpoint.answer = () => answer;
      return errorOf(kms.send(new DescribeKeyCommand({ KeyId: "alias/docs" })));
    },
  };
}

export async function errorOf(call: Promise<unknown>): Promise<Error> {
  try {
    await call;
  } catch (error) {
    return error as Error;
  }
  throw new Error("the call did not fail");
}

/** In every answer of S3. */
export const REQUEST_ID = { "x-amz-request-id": "4442587FB7D0A2F9" };

/** As the SDK's IAM client throws it. */
export function iamError(name: string, status: number, message = name): Error {
  return Object.assign(new Error(message), { name, $fault: "client", $metadata: { httpStatusCode: status } });
}

/** The HTML page of a proxy. */
export function proxyPage(status: number, body = "<html><body>no</body></html>", headers = {}): Answer {
  return { status, headers: { "content-type": "text/html; charset=utf-8", ...headers }, body };
}

/** HTML that is no XML. */
export const BROKEN_HTML = "<html><body><p>no</body></html>";
