import { REASON } from "../api/reasons.ts";
import type { S3Bucket } from "../api/types.ts";
import { failWith } from "../fail-with.ts";
import type { BucketContext } from "./dependencies.ts";
import { createBucket, type Existence, headBucket } from "./existence.ts";
import { settingFailure } from "./failure.ts";
import type { Observations } from "./observe.ts";
import { originOf, type Origin, ownershipOf, type Tags } from "../ownership.ts";
import type { SettingContext } from "./settings/setting.ts";
import { tagsOf } from "./settings/tags.ts";
import { Failed, stalled } from "../kube/stop.ts";
import type { Target } from "./target.ts";

/** That a bucket may be worked on, and how it came to us. */
export interface Claim {
  origin: Origin;
  /** Its tags do not yet say that it is ours: they are written before anything else is. */
  isNew: boolean;
  /** This reconcile has made it: what it holds, the operator has put there. */
  isCreated?: true;
}

/** Whether there is a bucket of that name to work on; throws a Stop where there is one out of reach. */
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
 * Judges by its tags whether the bucket is ours, or may become so; throws a Stop where it is not, or no longer: then status has no ARN of it, so that
 * no BucketAccess gets to it by this S3Bucket. Nothing has been written by then.
 */
export function claimBucket(
  { bucket, owner, account }: Target,
  { object, status }: Pick<BucketContext, "object" | "status">,
  observations: Observations,
  created: boolean,
): Claim {
  const { value, error } = observations.get("tags") ?? { error: new Error("The tags were not read") };
  if (error !== undefined) throw new Failed(settingFailure(error, "s3:ListTagsForResource", bucket.arn));
  const seen = value as Tags;
  const origin = originOf(seen) ?? object.status?.origin ?? "Adopted";
  const ownership = ownershipOf(seen, owner);
  // Of two that create a bucket at once in us-east-1 both are told that they did; the tags are the first one's.
  if (created && ownership !== "Other") return { origin: "Created", isNew: false, isCreated: true };
  if (ownership === "Ours") return { origin, isNew: false };
  const mayAdopt = object.spec.adoptionPolicy === "Adopt" && account.spec.allowAdoption === true;
  if (ownership === "Nobody" && mayAdopt) return { origin: "Adopted", isNew: true };
  delete status.arn;
  throw notOwned(bucket.name, ownership);
}

/** Does not say whose it is: the reader may have no business in that namespace. */
function notOwned(name: string, ownership: "Other" | "Nobody"): Error {
  const message =
    ownership === "Other"
      ? `Bucket '${name}' is managed by another S3Bucket: choose another bucketName, or delete the other S3Bucket, which releases the bucket`
      : `Bucket '${name}' exists and is not tagged as this object's: to take it over, set spec.adoptionPolicy to Adopt, ` +
        "with spec.allowAdoption in its AWSAccount; otherwise choose another bucketName";
  return stalled(REASON.bucketNotOwned, message);
}
