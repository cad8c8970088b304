import { originOf, ownershipOf, ownershipTags, type Origin, type Tags } from "../api/ownership.ts";
import { REASON } from "../api/reasons.ts";
import type { S3Bucket } from "../api/types.ts";
import { throwFailure } from "../reconcile/aws-failure.ts";
import { failed, stalled } from "../reconcile/outcome.ts";
import type { BucketContext } from "./dependencies.ts";
import { createBucket, createsWithoutTags, headBucket, type Existence } from "./existence.ts";
import { settingFailure } from "./failure.ts";
import { isAccountRegionalName } from "./naming.ts";
import type { Observations } from "./observe.ts";
import type { SettingContext } from "./settings/setting.ts";
import { desiredTags, roomProblem, tagsOf } from "./settings/tags.ts";
import { changeTags, readTags, usesClassicTagging } from "./tagging/tagging.ts";
import type { Target } from "./target.ts";

/** Proof that the operator may change a bucket, and the bucket's origin. */
export interface Claim {
  origin: Origin;
  /** Its tags do not show the owner yet: they are written before anything else. */
  isNew: boolean;
  /** This reconcile created it, so no other writer has changed it yet. */
  isCreated?: boolean;
}

/**
 * Whether the bucket exists. Throws an OutcomeError if it is in another region or belongs to another account, or if it
 * does not exist and cannot be created.
 */
export async function bucketExists({ bucket }: Target): Promise<boolean> {
  const existence = await headBucket(bucket);
  if (existence.state === "Exists") return true;
  if (existence.state === "Absent" && isAccountRegionalName(bucket.name)) throw accountRegional(bucket.name);
  if (existence.state === "Absent") return false;
  throw unreachable(existence, bucket.name, bucket.region);
}

function accountRegional(name: string): Error {
  return stalled(
    REASON.invalidBucketName,
    `Bucket '${name}' does not exist, and the operator does not create buckets whose name ends with '-an', which are of an account ` +
      "regional namespace: create the bucket otherwise and set adoptionPolicy to Adopt, or choose another name in a new S3Bucket",
  );
}

function unreachable(existence: Existence, name: string, region: string): Error {
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

/** Creates the bucket with its tags. False: the account has it already, perhaps from an earlier request. */
export async function createTarget({ bucket }: Target, { spec }: S3Bucket, context: SettingContext): Promise<boolean> {
  const { objectOwnership, objectLock } = spec;
  const creation = { tags: tagsOf(spec, context), objectOwnership, objectLock: objectLock !== undefined };
  try {
    const result = await createBucket(bucket, creation);
    if (result === "Taken") throw takenElsewhere(bucket.name);
    return result === "Created";
  } catch (error) {
    // S3 does not create a bucket that it may not tag, so either action may be the one that is denied.
    return throwFailure("s3:CreateBucket and s3:TagResource", bucket.arn)(error);
  }
}

/**
 * Tags a bucket that was just created, where CreateBucket takes no tags. Leaves it alone if another operator, which
 * created it a moment earlier, has tagged it.
 */
export async function tagCreated(
  { bucket, owner }: Target,
  { spec }: S3Bucket,
  context: SettingContext,
): Promise<void> {
  if (!createsWithoutTags(bucket) && !usesClassicTagging(bucket)) return;
  try {
    const seen = await readTags(bucket);
    if (ownershipOf(seen, owner) === "Unclaimed") await changeTags(bucket, seen, { set: tagsOf(spec, context) });
  } catch (error) {
    throwFailure("s3:PutBucketTagging", bucket.arn)(error);
  }
}

/**
 * Decides by the tags whether the bucket is ours or may be adopted, before anything is written. Throws an OutcomeError
 * if not, and removes the ARN from status, so that no BucketAccess grants access to it.
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
  // In us-east-1 two operators that create a bucket at once both succeed; the tags are those of the first.
  if (isOwnCreation && ownership === "Unclaimed") return { origin: "Created", isNew: true };
  const mayAdopt = object.spec.adoptionPolicy === "Adopt" && account.spec.allowAdoption === true;
  const refusal =
    ownership === "Unclaimed" && mayAdopt ? noRoom(target, object, seen) : notOwned(object, bucket.name, ownership);
  if (refusal === undefined) return { origin: "Adopted", isNew: true };
  delete status.arn;
  throw refusal;
}

/** Checked in Observe mode too, and before anything is written: the tags that claim the bucket come first. */
function noRoom({ bucket, owner, account }: Target, { spec, status }: S3Bucket, seen: Tags): Error | undefined {
  const context = {
    accountTags: account.spec.tags ?? {},
    ownershipTags: ownershipTags(owner, "Adopted"),
    appliedTagKeys: status?.tagKeys ?? [],
  };
  const problem = roomProblem(bucket.name, desiredTags(spec, context), seen);
  return problem && stalled(problem.reason, problem.message);
}

/** Does not name the owner: another namespace may not be disclosed. */
function notOwned(object: S3Bucket, name: string, ownership: "Other" | "Unclaimed"): Error {
  const message =
    ownership === "Other"
      ? `Bucket '${name}' is managed by another S3Bucket: choose another bucketName, or delete the other S3Bucket, which releases the bucket`
      : `Bucket '${name}' exists and is not tagged as this object's: to take it over, set spec.adoptionPolicy to Adopt, ` +
        `with spec.allowAdoption in its AWSAccount; otherwise choose another bucketName${wasBegun(object) ? LEFT_UNTAGGED : ""}`;
  return stalled(REASON.bucketNotOwned, message);
}

const LEFT_UNTAGGED =
  ". If the operator stopped right after it had created the bucket for this object, the bucket is empty: delete it at AWS, and the operator creates it again";

/** Status says that the operator began to create the bucket. Only a hint, since users may be able to write status. */
function wasBegun({ status }: S3Bucket): boolean {
  return status?.origin === undefined && (status?.appliedSettings ?? []).length > 0;
}
