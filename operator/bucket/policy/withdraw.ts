import { ownershipOf } from "../../api/ownership.ts";
import type { S3BucketStatus } from "../../api/types.ts";
import { policyBytes, type PolicyDocument } from "../../aws/policy/document.ts";
import { throwFailure } from "../../reconcile/aws-failure.ts";
import type { BucketClient } from "../bucket-client.ts";
import type { Contributions } from "../dependencies.ts";
import { policy } from "../settings/policy.ts";
import { readTags } from "../tagging/tagging.ts";
import type { Target } from "../target.ts";
import { narrowed } from "./narrow.ts";
import { writePolicy } from "./write.ts";

/**
 * Removes what BucketAccesses no longer ask for from the bucket policy, if the bucket's tags show the owner. Two calls
 * more than a look only where something is to be removed.
 */
export async function withdrawFromBucket(
  { bucket, owner }: Target,
  status: S3BucketStatus,
  { bucketPolicy, pausedSids }: Contributions,
): Promise<void> {
  const surplusIn = async () => {
    const observed = await observePolicy(bucket);
    return { observed, rest: narrowed(observed, bucketPolicy, pausedSids) };
  };
  if ((await surplusIn()).rest === undefined) return;
  const tags = await readTags(bucket).catch(throwFailure("s3:ListTagsForResource", bucket.arn));
  if (ownershipOf(tags, owner) !== "Ours") return;
  // Read again right before the write, which keeps what other writers have added since.
  const { observed, rest } = await surplusIn();
  if (rest === undefined) return;
  await writePolicy(bucket, rest, observed).catch(throwFailure("s3:PutBucketPolicy", bucket.arn));
  status.policy = { ...status.policy, bytes: policyBytes(rest) };
}

async function observePolicy(bucket: BucketClient): Promise<PolicyDocument> {
  return (await policy.observe(bucket).catch(throwFailure("s3:GetBucketPolicy", bucket.arn))) as PolicyDocument;
}
