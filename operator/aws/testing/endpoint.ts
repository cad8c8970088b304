import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** A request that the endpoint received. */
export interface SeenRequest {
  method: string;
  host: string;
  path: string;
  userAgent: string;
  /** From the signature. */
  accessKeyId: string;
  /** From the signature. */
  region: string;
  /** From 1; increased by retries of the SDK. */
  attempt: number;
  body: string;
}

/** An HTTP response; no response; a part of one; or only 102 (Processing) every 50 ms. */
export type Answer =
  { status: number; headers?: Record<string, string>; body?: string } | "hang" | "hang after headers" | "stay busy";

export interface Endpoint extends AsyncDisposable {
  url: string;
  requests: SeenRequest[];
  /** Called for each request from now on. */
  answer: (request: SeenRequest) => Answer;
}

/** A local HTTP server in place of AWS. */
export async function startEndpoint(): Promise<Endpoint> {
  const server = createServer((request, response) => void respond(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint: Endpoint = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    answer: () => ({ status: 200 }),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    const seen = { ...seenRequest(request), body: await text(request) };
    endpoint.requests.push(seen);
    const answer = endpoint.answer(seen);
    if (answer === "hang") return;
    if (answer === "stay busy") {
      const timer = setInterval(() => response.writeProcessing(), 50);
      response.once("close", () => clearInterval(timer));
      return;
    }
    if (answer === "hang after headers") {
      response.writeHead(200, { "content-length": "1000" }).write("<");
      return;
    }
    response.writeHead(answer.status, answer.headers).end(answer.body);
  };
  return endpoint;
}

function seenRequest({ method = "", headers, url = "" }: IncomingMessage): Omit<SeenRequest, "body"> {
  return {
    method,
    host: headers.host ?? "",
    path: url,
    userAgent: headers["user-agent"] ?? "",
    accessKeyId: /Credential=([^/]+)/.exec(headers.authorization ?? "")?.[1] ?? "",
    region: /Credential=[^/]+\/[^/]+\/([^/]+)/.exec(headers.authorization ?? "")?.[1] ?? "",
    attempt: Number(/attempt=(\d+)/.exec(String(headers["amz-sdk-request"]))?.[1]),
  };
}

/** Answers to reads of configurations that are not set. */
export function nothingSet({ path }: Pick<SeenRequest, "path">): Answer {
  if (path === "/") return { status: 200, body: '{"KeyMetadata":{"KeyId":"docs"}}' };
  if (path.includes("versioning")) return { status: 200, body: "<VersioningConfiguration/>" };
  if (path.includes("publicAccessBlock")) return { status: 200, body: "<PublicAccessBlockConfiguration/>" };
  return { status: 200 };
}

/** An error as S3 sends it: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
export function s3Error(status: number, code: string, message = code, more = ""): Answer {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message>${more}<RequestId>4442587FB7D0A2F9</RequestId><HostId>abc=</HostId></Error>`;
  return { status, headers: { "content-type": "application/xml" }, body };
}

/** An error of S3 Control: https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_ListTagsForResource.html */
export function s3ControlError(status: number, code: string, message = code): Answer {
  const body = `<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error><RequestId>4442587FB7D0A2F9</RequestId></ErrorResponse>`;
  return { status, headers: { "content-type": "application/xml" }, body };
}

/** An error of a service with the query protocol, such as STS or IAM. */
export function queryError(status: number, code: string, message = code): Answer {
  const body = `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>c6104cbe-af31-11e0-8154-cbc7ccf896c7</RequestId></ErrorResponse>`;
  return { status, headers: { "content-type": "text/xml" }, body };
}

/** An error of a service with the JSON protocol, such as KMS. */
export function jsonError(status: number, code: string, message = code): Answer {
  const body = JSON.stringify({ __type: code, message });
  return { status, headers: { "content-type": "application/x-amz-json-1.1" }, body };
}

export function callerIdentity(account: string, arn: string): Answer {
  const body = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>${arn}</Arn><UserId>AROA:s3-operator</UserId><Account>${account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;
  return { status: 200, headers: { "content-type": "text/xml" }, body };
}

export function assumedRole(accessKeyId: string, expiration: Date, action = "AssumeRole"): Answer {
  const body = `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result><Credentials><AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken><Expiration>${expiration.toISOString()}</Expiration></Credentials></${action}Result></${action}Response>`;
  return { status: 200, headers: { "content-type": "text/xml" }, body };
}
