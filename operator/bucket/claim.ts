import { REASON } from "../api/reasons.ts";
import type { S3Bucket } from "../api/types.ts";
import { failWith } from "../reconcile/aws-failure.ts";
import type { BucketContext } from "./dependencies.ts";
import { createBucket, createsWithoutTags, type Existence, headBucket } from "./existence.ts";
import { settingFailure } from "./failure.ts";
import type { Observations } from "./observe.ts";
import { originOf, type Origin, ownershipOf, ownershipTags, type Tags } from "../api/ownership.ts";
import type { SettingContext } from "./settings/setting.ts";
import { desiredTags, roomProblem, tagsOf } from "./settings/tags.ts";
import { failed, stalled } from "../reconcile/outcome.ts";
import { changeTags, readTags, usesClassicTagging } from "./tagging/tagging.ts";
import type { Target } from "./target.ts";

/** That a bucket may be worked on, and how it came to us. */
export interface Claim {
  origin: Origin;
  /** Its tags do not yet say that it is ours: they are written before anything else is. */
  isNew: boolean;
  /** This reconcile has made it: what it holds, the operator has put there. */
  isCreated?: boolean;
}

/** Whether there is a bucket of that name to work on; throws an OutcomeError where there is one out of reach. */
export async function lookForBucket({ bucket }: Target): Promise<boolean> {
  const existence = await headBucket(bucket);
  if (existence.state === "Exists") return true;
  if (existence.state === "Absent") return false;
  throw outOfReach(existence, bucket.name, bucket.region);
}

function outOfReach(existence: Existence, name: string, region: string): Error {
  if (existence.state !== "OtherRegion") return takenElsewhere(name);
  const where = existence.region === undefined ? "another region" : `region ${existence.region}`;
  return stalled(
    REASON.regionMismatch,
    `Bucket '${name}' exists in ${where}, not in ${region}, and a bucket cannot be moved: create an S3Bucket with that region, or with another bucketName`,
  );
}

function takenElsewhere(name: string): Error {
  return stalled(
    REASON.bucketOwnedByAnotherAccount,
    `Bucket '${name}' belongs to another AWS account, or the operator lacks s3:ListBucket on it: ` +
      "bucket names are global, so choose another one, or allow the action",
  );
}

/** Makes the bucket with its tags. True: it is new. False: the account had it already, perhaps from a try whose answer was lost. */
export async function createTarget({ bucket }: Target, { spec }: S3Bucket, context: SettingContext): Promise<boolean> {
  const { objectOwnership, objectLock } = spec;
  const creation = { tags: tagsOf(spec, context), objectOwnership, objectLock: objectLock !== undefined };
  try {
    const result = await createBucket(bucket, creation);
    if (result === "Taken") throw takenElsewhere(bucket.name);
    return result === "Created";
  } catch (error) {
    // A bucket that may not be tagged as ours is not made at all, so that the missing right may be either one.
    return failWith("s3:CreateBucket and s3:TagResource", bucket.arn)(error);
  }
}

/**
 * Tags a bucket that was just created, where CreateBucket could not. Another operator may have created it a moment earlier: then it has that
 * operator's tags, and is left alone.
 */
export async function tagCreated(
  { bucket, owner }: Target,
  { spec }: S3Bucket,
  context: SettingContext,
): Promise<void> {
  if (!createsWithoutTags(bucket) && !usesClassicTagging(bucket)) return;
  try {
    const seen = await readTags(bucket);
    if (ownershipOf(seen, owner) === "Nobody") await changeTags(bucket, seen, { set: tagsOf(spec, context) });
  } catch (error) {
    failWith("s3:PutBucketTagging", bucket.arn)(error);
  }
}

/**
 * Judges by its tags whether the bucket is ours, or may become so; throws an OutcomeError where it is not, or no longer: then status has no ARN of it, so that
 * no BucketAccess gets to it by this S3Bucket. Nothing has been written by then.
 */
export function claimBucket(
  target: Target,
  { object, status }: Pick<BucketContext, "object" | "status">,
  observations: Observations,
  isOwnCreation: boolean,
): Claim {
  const { bucket, owner, account } = target;
  const { value, error } = observations.get("tags") ?? { error: new Error("The tags were not read") };
  if (error !== undefined) throw failed(settingFailure(error, "s3:ListTagsForResource", bucket.arn));
  const seen = value as Tags;
  const origin = originOf(seen) ?? object.status?.origin ?? "Adopted";
  const ownership = ownershipOf(seen, owner);
  if (ownership === "Ours") return { origin, isNew: false };
  // Of two that create a bucket at once in us-east-1 both are told that they did; the tags are the first one's.
  if (isOwnCreation && ownership === "Nobody") return { origin: "Created", isNew: true };
  const mayAdopt = object.spec.adoptionPolicy === "Adopt" && account.spec.allowAdoption === true;
  const refusal =
    ownership === "Nobody" && mayAdopt ? noRoom(target, object, seen) : notOwned(object, bucket.name, ownership);
  if (refusal === undefined) return { origin: "Adopted", isNew: true };
  delete status.arn;
  throw refusal;
}

/** Told in Observe mode too, and before anything is written: the tags that claim a bucket are the first. */
function noRoom({ bucket, owner, account }: Target, { spec, status }: S3Bucket, seen: Tags): Error | undefined {
  const context = {
    accountTags: account.spec.tags ?? {},
    ownershipTags: ownershipTags(owner, "Adopted"),
    appliedTagKeys: status?.tagKeys ?? [],
  };
  const problem = roomProblem(bucket.name, desiredTags(spec, context), seen);
  return problem && stalled(problem.reason, problem.message);
}

/** Does not say whose it is: the reader may have no business in that namespace. */
function notOwned(object: S3Bucket, name: string, ownership: "Other" | "Nobody"): Error {
  const message =
    ownership === "Other"
      ? `Bucket '${name}' is managed by another S3Bucket: choose another bucketName, or delete the other S3Bucket, which releases the bucket`
      : `Bucket '${name}' exists and is not tagged as this object's: to take it over, set spec.adoptionPolicy to Adopt, ` +
        `with spec.allowAdoption in its AWSAccount; otherwise choose another bucketName${wasBegun(object) ? LEFT_UNTAGGED : ""}`;
  return stalled(REASON.bucketNotOwned, message);
}

const LEFT_UNTAGGED =
  ". If the operator was ended right after it had made the bucket for this object, the bucket is empty: delete it at AWS, and it is made again";

/** Status says that a bucket was about to be made, and not that it ever was ours: no more than a hint, since users may write status. */
function wasBegun({ status }: S3Bucket): boolean {
  return status?.origin === undefined && (status?.appliedSettings ?? []).length > 0;
}
