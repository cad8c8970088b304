import type { S3Client } from "@aws-sdk/client-s3";
import type { S3ControlClient } from "@aws-sdk/client-s3-control";
import type { BucketClient } from "../bucket-client.ts";

/** A command, such as "PutBucketVersioningCommand", and its input. */
export interface Call {
  command: string;
  input: Record<string, unknown>;
}

export interface FakeBucket {
  bucket: BucketClient;
  /** In send order. */
  calls: Call[];
}

/** A bucket without a network. `answer` returns or throws AWS's answer; default: an empty one. */
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

/** The SDK's error for an answer of AWS, which always has a request id. */
export function sdkError(name: string, httpStatusCode: number, extra: object = {}): Error {
  return Object.assign(new Error(name), {
    name,
    $metadata: { httpStatusCode, requestId: "4442587FB7D0A2F9" },
    ...extra,
  });
}

/** An `answer` that throws this error for every call. */
export function failing(name: string, httpStatusCode: number, extra: object = {}): () => never {
  return () => {
    throw sdkError(name, httpStatusCode, extra);
  };
}
