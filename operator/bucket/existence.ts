import { CreateBucketCommand, HeadBucketCommand, type ObjectOwnership, type S3Client } from "@aws-sdk/client-s3";
import { awsErrorKind, isNoSuchBucket, observedRegion } from "../aws/errors.ts";
import type { BucketClient } from "./bucket-client.ts";
import type { Tags } from "../api/ownership.ts";
import { tagList } from "./tag-list.ts";

/** What a look from outside tells of a bucket name. `Denied`: another account's, or we may not look (S3 does not say which). */
export type Existence =
  | { state: "Exists" }
  | { state: "Absent" }
  | { state: "Denied" }
  | { state: "OtherRegion"; region: string | undefined };

/**
 * Always asked before creating: in us-east-1 S3 answers 200 to the creation of a bucket that is there already, and resets its ACLs.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html (errors come without a body, so only the status tells them apart)
 */
export async function headBucket({ s3, ref, options, region }: BucketClient): Promise<Existence> {
  try {
    const { BucketRegion } = await s3.send(new HeadBucketCommand(ref), options);
    return BucketRegion === undefined || BucketRegion === region
      ? { state: "Exists" }
      : { state: "OtherRegion", region: BucketRegion };
  } catch (error) {
    if (isNoSuchBucket(error)) return { state: "Absent" };
    switch (awsErrorKind(error)) {
      case "AccessDenied":
        return { state: "Denied" };
      case "WrongRegion":
        // A 400 has the header too, whatever it is about: with our own region in it, it is about the credentials.
        if (observedRegion(error) === region) throw error;
        return { state: "OtherRegion", region: observedRegion(error) };
      default:
        throw error;
    }
  }
}

/** In one call with its owner's tags, so that a crash right after leaves no bucket of which nobody knows whose it is. */
export interface Creation {
  tags: Tags;
  objectOwnership: ObjectOwnership | undefined;
  /** So that no object can get in before the lock is on. S3 enables versioning along with it. */
  objectLock: boolean;
}

/**
 * `AlreadyOwned`: the account has the bucket; an earlier try may have made it, so its tags must tell whose it is.
 * `Taken`: another account has the name. Without tags where the region takes none in this call, as {@link createsWithoutTags} then says.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
 */
export async function createBucket(
  bucket: BucketClient,
  creation: Creation,
): Promise<"Created" | "AlreadyOwned" | "Taken"> {
  try {
    await createWithTags(bucket, creation);
    return "Created";
  } catch (error) {
    switch (awsErrorKind(error)) {
      case "AlreadyOwned":
        return "AlreadyOwned";
      case "AlreadyExists":
        return "Taken";
      default:
        throw error;
    }
  }
}

/** The clients, each of one account and region, that were refused tags in this call. */
const withoutTags = new WeakSet<S3Client>();

/** Whether buckets are made here without their tags, as far as is known. */
export function createsWithoutTags({ s3 }: BucketClient): boolean {
  return withoutTags.has(s3);
}

async function createWithTags(bucket: BucketClient, { tags, ...creation }: Creation): Promise<void> {
  if (!withoutTags.has(bucket.s3)) {
    try {
      return await create(bucket, creation, tags);
    } catch (error) {
      if (awsErrorKind(error) !== "Unsupported") throw error;
    }
  }
  await create(bucket, creation);
  withoutTags.add(bucket.s3);
}

async function create(
  { s3, name, region, options }: BucketClient,
  { objectOwnership, objectLock }: Omit<Creation, "tags">,
  tags?: Tags,
): Promise<void> {
  const configuration = {
    // us-east-1 is refused as a constraint.
    ...(region !== "us-east-1" && { LocationConstraint: region as never }),
    ...(tags && { Tags: tagList(tags) }),
  };
  const command = new CreateBucketCommand({
    Bucket: name,
    ...(objectOwnership && { ObjectOwnership: objectOwnership }),
    ...(objectLock && { ObjectLockEnabledForBucket: true }),
    ...(Object.keys(configuration).length > 0 && { CreateBucketConfiguration: configuration }),
  });
  await s3.send(command, options);
}
