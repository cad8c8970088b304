import { DeleteBucketCommand } from "@aws-sdk/client-s3";
import { REASON } from "../../api/reasons.ts";
import { awsErrorKind, isNoSuchBucket } from "../../aws/errors.ts";
import { throwFailure } from "../../reconcile/aws-failure.ts";
import { DELAY_MS } from "../../reconcile/delays.ts";
import { again } from "../../reconcile/outcome.ts";
import type { BucketClient } from "../bucket-client.ts";
import type { BucketContext } from "../dependencies.ts";
import { isThere } from "./own-bucket.ts";

/** Deletes the bucket; false if it is not empty. Throws until it is gone. */
export async function removeBucket({ event, ensureCurrent }: BucketContext, bucket: BucketClient): Promise<boolean> {
  await ensureCurrent();
  if (!(await remove(bucket))) return false;
  if (await isThere(bucket, true)) {
    throw again(REASON.deleting, `Waiting until bucket '${bucket.name}' is gone`, DELAY_MS.visible);
  }
  const note = `Deleted bucket '${bucket.name}'`;
  event({ type: "Normal", reason: REASON.bucketDeleted, action: "Delete", note });
  return true;
}

async function remove({ s3, ref, options, arn }: BucketClient): Promise<boolean> {
  try {
    await s3.send(new DeleteBucketCommand(ref), options);
    return true;
  } catch (error) {
    if (isNoSuchBucket(error)) return true;
    if (awsErrorKind(error) === "NotEmpty") return false;
    return throwFailure("s3:DeleteBucket", arn)(error);
  }
}
