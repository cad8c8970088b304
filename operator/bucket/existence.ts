import { CreateBucketCommand, HeadBucketCommand, type ObjectOwnership, type S3Client } from "@aws-sdk/client-s3";
import type { Tags } from "../api/ownership.ts";
import { awsErrorKind, isNoSuchBucket, observedRegion } from "../aws/errors.ts";
import type { BucketClient } from "./bucket-client.ts";
import { tagList } from "./tag-list.ts";

/** Result of HeadBucket. `Denied`: another account has the name, or s3:ListBucket is denied; S3 does not say which. */
export type Existence =
  | { state: "Exists" }
  | { state: "Absent" }
  | { state: "Denied" }
  | { state: "OtherRegion"; region: string | undefined };

/**
 * Call before each creation: in us-east-1 S3 answers 200 to the creation of an existing bucket, and resets its ACLs.
 * Errors have no body, so only the HTTP status tells them apart.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html
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
        // Every 400 has the region header. If it names our own region, the error is about the credentials.
        if (observedRegion(error) === region) throw error;
        return { state: "OtherRegion", region: observedRegion(error) };
      default:
        throw error;
    }
  }
}

/** Parameters of CreateBucket. The owner's tags go in the same call, so that a crash leaves no bucket without owner. */
export interface Creation {
  tags: Tags;
  objectOwnership: ObjectOwnership | undefined;
  /** Enabled at creation, before any object is written. S3 also enables versioning. */
  objectLock: boolean;
}

/**
 * `AlreadyOwned`: the account has the bucket, perhaps from an earlier request; its tags show the owner. `Taken`:
 * another account has the name. Creates without tags where the region takes none, see {@link createsWithoutTags}.
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

/** Clients, each of one account and region, whose CreateBucket refused tags. */
const withoutTags = new WeakSet<S3Client>();

/** Whether CreateBucket is known to take no tags here. */
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
    // S3 refuses us-east-1 as a constraint.
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
