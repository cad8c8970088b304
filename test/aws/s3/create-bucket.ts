/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html */

import { AwsError } from "../errors.ts";
import type { AwsRequest, Reply } from "../http.ts";
import type { Bucket } from "../state.ts";
import { findBucket, newBucket } from "../world.ts";
import { child, textAt, type XmlElement } from "../xml.ts";
import { checkBucketName } from "./bucket-name.ts";
import { objectLockDocument } from "./object-lock.ts";
import { ownershipDocument, OWNERSHIPS } from "./ownership-controls.ts";
import { accessDenied, bodyDocument, invalidArgument, requestDocument, type Exchange } from "./route.ts";
import { checkTagCount, checkTags, tagsOf } from "./tags.ts";

const CANNED_ACLS = new Set(["private", "public-read", "public-read-write", "authenticated-read"]);

/** Further IAM actions for inputs of the request: FACTS.md#s3-permissions. */
export function createActions(request: AwsRequest): string[] {
  const { headers } = request;
  const tags = child(bodyDocument(request), "Tags");
  return [
    ...(tags === undefined ? [] : ["s3:TagResource"]),
    ...(headers["x-amz-object-ownership"] === undefined ? [] : ["s3:PutBucketOwnershipControls"]),
    ...(headers["x-amz-acl"] === undefined ? [] : ["s3:PutBucketAcl"]),
    ...(wantsObjectLock(headers) ? ["s3:PutBucketObjectLockConfiguration", "s3:PutBucketVersioning"] : []),
  ];
}

export function createBucket(exchange: Exchange): Reply {
  const { request, bucketName, account, world } = exchange;
  checkBucketName(bucketName);
  const configuration = request.body.length > 0 ? requestDocument(request, "CreateBucketConfiguration") : undefined;
  const region = regionOf(configuration, request.scope.region);
  if (child(configuration, "Tags") !== undefined && account.regionsWithoutResourceTags.has(region)) {
    throw new AwsError(400, "UnsupportedArgument", "The request contained an unsupported argument.");
  }
  const settings = settingsOf(request, world.store.withoutS3Control ? undefined : configuration);
  const existing = findBucket(world, bucketName);
  if (existing !== undefined) return recreate(existing, exchange);
  account.buckets.set(bucketName, Object.assign(newBucket(world, account.id, bucketName, region), settings));
  return created(bucketName);
}

/** Answers for a bucket that exists: FACTS.md#s3-buckets-and-regions. */
function recreate(existing: Bucket, { account, request }: Exchange): Reply {
  const details = { BucketName: existing.name };
  if (existing.accountId !== account.id) {
    const message =
      "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.";
    throw new AwsError(409, "BucketAlreadyExists", message, { details });
  }
  if (existing.region !== "us-east-1" || request.scope.region !== "us-east-1") {
    const message = "Your previous request to create the named bucket succeeded and you already own it.";
    throw new AwsError(409, "BucketAlreadyOwnedByYou", message, { details });
  }
  existing.acl = "private";
  return created(existing.name);
}

function created(bucketName: string): Reply {
  return { status: 200, headers: { location: `/${bucketName}` } };
}

/** The region of the new bucket. Throws for invalid location constraints: FACTS.md#s3-buckets-and-regions. */
function regionOf(configuration: XmlElement | undefined, endpointRegion: string): string {
  const constraint = textAt(configuration, "LocationConstraint");
  const region = constraint === "EU" ? "eu-west-1" : (constraint ?? "us-east-1");
  if (constraint === "us-east-1" || !/^[a-z]{2,}(-[a-z]+)+-\d$/.test(region)) {
    const message = "The specified location-constraint is not valid";
    const details = { LocationConstraint: constraint ?? "" };
    throw new AwsError(400, "InvalidLocationConstraint", message, { details });
  }
  if (endpointRegion !== "us-east-1" && endpointRegion !== region) {
    const message = `The ${constraint ?? "unspecified"} location constraint is incompatible for the region specific endpoint this request was sent to.`;
    throw new AwsError(400, "IllegalLocationConstraintException", message);
  }
  return region;
}

function settingsOf({ headers }: AwsRequest, configuration: XmlElement | undefined): Partial<Bucket> {
  const ownership = headers["x-amz-object-ownership"] ?? "BucketOwnerEnforced";
  const acl = headers["x-amz-acl"] ?? "private";
  if (!OWNERSHIPS.includes(ownership)) {
    throw invalidArgument("Invalid x-amz-object-ownership header", "x-amz-object-ownership", ownership);
  }
  checkAcl(acl, ownership);
  const tags = tagsOf(child(configuration, "Tags"));
  checkTags(tags);
  checkTagCount(new Map(tags));
  const locked = wantsObjectLock(headers);
  return {
    acl,
    ownershipControls: ownershipDocument(ownership),
    tags: new Map(tags),
    objectLock: locked ? objectLockDocument() : undefined,
    // Object lock enables versioning: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
    versioning: locked ? "Enabled" : undefined,
  };
}

/**
 * A new bucket has ACLs disabled, and public ACLs blocked.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/create-bucket-faq.html
 */
function checkAcl(acl: string, ownership: string): void {
  if (!CANNED_ACLS.has(acl)) throw invalidArgument("", "x-amz-acl", acl);
  if (acl === "private") return;
  if (ownership === "BucketOwnerEnforced") {
    const message = "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting";
    throw new AwsError(400, "InvalidBucketAclWithObjectOwnership", message);
  }
  throw accessDenied();
}

function wantsObjectLock(headers: AwsRequest["headers"]): boolean {
  return headers["x-amz-bucket-object-lock-enabled"]?.toLowerCase() === "true";
}
