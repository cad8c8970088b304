import type { S3Client } from "@aws-sdk/client-s3";
import type { S3ControlClient } from "@aws-sdk/client-s3-control";
import type { BucketClient } from "../bucket-client.ts";

/** What was sent: "PutBucketVersioningCommand", and its input. */
export interface Call {
  command: string;
  input: Record<string, unknown>;
}

export interface FakeBucket {
  bucket: BucketClient;
  /** In the order in which they were sent. */
  calls: Call[];
}

/** A bucket without a network: `answer` gives, or throws, what AWS would; by default an empty answer. */
export function fakeBucket(
  answer: (call: Call) => unknown = () => ({}),
  overrides: Partial<Pick<BucketClient, "name" | "region" | "partition">> = {},
): FakeBucket {
  const { name = "docs", region = "eu-central-1", partition = "aws" } = overrides;
  const accountId = "111122223333";
  const calls: Call[] = [];
  const send = async ({ constructor, input }: { constructor: { name: string }; input: Call["input"] }) => {
    const call = { command: constructor.name, input };
    calls.push(call);
    return answer(call);
  };
  const bucket: BucketClient = {
    name,
    region,
    partition,
    accountId,
    arn: `arn:${partition}:s3:::${name}`,
    s3: { send } as unknown as S3Client,
    s3Control: { send } as unknown as S3ControlClient,
    ref: { Bucket: name, ExpectedBucketOwner: accountId },
    options: { abortSignal: new AbortController().signal },
  };
  return { bucket, calls };
}

/** An error as the AWS SDK throws it for an answer of AWS, in which the id of the request is never missing. */
export function sdkError(name: string, httpStatusCode: number, extra: object = {}): Error {
  return Object.assign(new Error(name), {
    name,
    $metadata: { httpStatusCode, requestId: "4442587FB7D0A2F9" },
    ...extra,
  });
}

/** An `answer` that is this error, whatever the call. */
export function failing(name: string, httpStatusCode: number, extra: object = {}): () => never {
  return () => {
    throw sdkError(name, httpStatusCode, extra);
  };
}
