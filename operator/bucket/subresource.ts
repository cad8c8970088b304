import type * as sdk from "@aws-sdk/client-s3";
import { awsErrorKind, isAbsent, isSubresourceIgnored } from "../aws/errors.ts";
import type { BucketClient } from "./bucket-client.ts";

/** The answer of a GET; undefined where S3 answers that the bucket has no such configuration. */
export async function unlessAbsent<T>(answer: Promise<T>): Promise<T | undefined> {
  return unless(isAbsent, answer);
}

/** The answer of a GET; undefined where S3 does not support the configuration in this region. */
export async function unlessUnsupported<T>(answer: Promise<T>): Promise<T | undefined> {
  return unless((error) => awsErrorKind(error) === "Unsupported" && !isSubresourceIgnored(error), answer);
}

async function unless<T>(isExpected: (error: unknown) => boolean, answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isExpected(error)) return undefined;
    throw error;
  }
}

type DeleteCommands = Exclude<Extract<keyof typeof sdk, `DeleteBucket${string}Command`>, "DeleteBucketCommand">;

/** Deletes one document of a bucket's configuration. */
export type DeleteDocument = InstanceType<(typeof sdk)[DeleteCommands]>;

/**
 * Sends the command only if a GET of this reconcile showed content, `seen`: stores other than S3 may delete the bucket
 * on a DELETE of a subresource that they do not know (https://github.com/apache/ozone/pull/11236).
 */
export async function deleteSeen(
  { s3, options }: BucketClient,
  seen: object | undefined,
  command: DeleteDocument,
): Promise<void> {
  if (Object.values(seen ?? {}).some((value) => value !== undefined))
    await s3.send(command as sdk.DeleteBucketCorsCommand, options);
}
