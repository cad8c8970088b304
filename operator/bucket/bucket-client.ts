import type { S3Client } from "@aws-sdk/client-s3";
import type { S3ControlClient } from "@aws-sdk/client-s3-control";
import { bucketArn } from "../aws/arn.ts";
import type { AwsSession } from "../aws/session.ts";

/** One bucket: the SDK clients of its account and region, and the parameters of every call. */
export interface BucketClient {
  readonly name: string;
  readonly region: string;
  readonly accountId: string;
  readonly partition: string;
  readonly arn: string;
  readonly s3: S3Client;
  readonly s3Control: S3ControlClient;
  /** S3 answers 403 if the bucket belongs to another account by now. */
  readonly ref: { Bucket: string; ExpectedBucketOwner: string };
  /** Second argument of each `send`: ends the call with its reconcile. */
  readonly options: { abortSignal: AbortSignal };
}

export function bucketClient(session: AwsSession, name: string, region: string, signal: AbortSignal): BucketClient {
  return {
    name,
    region,
    accountId: session.accountId,
    partition: session.partition,
    arn: bucketArn(session.partition, name),
    s3: session.s3(region),
    s3Control: session.s3Control(region),
    ref: { Bucket: name, ExpectedBucketOwner: session.accountId },
    options: { abortSignal: signal },
  };
}
