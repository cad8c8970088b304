import { ownershipOf, type Owner } from "../api/ownership.ts";
import type { AWSAccount, S3Bucket } from "../api/types.ts";
import { awsErrorKind, isNoSuchBucket } from "../aws/errors.ts";
import type { AwsSession } from "../aws/session.ts";
import { throwFailure } from "../reconcile/aws-failure.ts";
import { stalled } from "../reconcile/outcome.ts";
import { bucketClient } from "./bucket-client.ts";
import { headBucket } from "./existence.ts";
import { bucketNameOf, isBucketName, isRegion } from "./naming.ts";
import { readTags } from "./tagging/tagging.ts";

/** Where a bucket is. */
export interface Location {
  bucketName: string;
  region: string;
}

/** From the spec, and for what it does not say from the account. Pure. */
export function declaredLocation({ spec }: S3Bucket, account: AWSAccount, owner: Owner): Location {
  const region = spec.region ?? account.spec.region;
  const parts = { ...owner, account: account.spec.accountId, region };
  return { bucketName: spec.bucketName ?? bucketNameOf(account.spec.naming?.template, parts), region };
}

/**
 * From the spec, and for what it does not say from status, which remembers name and region where the account has changed
 * since. Undefined: status has no other place than `declared`, or none that could be the object's bucket. Pure.
 */
export function recordedLocation({ metadata, spec, status }: S3Bucket, declared: Location): Location | undefined {
  // A deletion must not wait for a bucket that never was the object's, and that AWS does not show.
  if (metadata.deletionTimestamp !== undefined && status?.arn === undefined) return undefined;
  const bucketName = spec.bucketName ?? status?.bucketName ?? declared.bucketName;
  const region = spec.region ?? status?.region ?? declared.region;
  const isDeclared = bucketName === declared.bucketName && region === declared.region;
  return isDeclared || !isBucketName(bucketName) || !isRegion(region) ? undefined : { bucketName, region };
}

/**
 * The recorded place if the bucket there has the owner's tags, otherwise the declared one: users may be able to write
 * status. Throws an OutcomeError if the recorded bucket cannot be seen, and the declared one is not the owner's either.
 */
export async function settleLocation(
  session: AwsSession,
  owner: Owner,
  { recorded, declared }: { recorded: Location; declared: Location },
  signal: AbortSignal,
): Promise<Location> {
  const look = (place: Location) => ownershipAt(session, owner, place, signal);
  const there = await look(recorded);
  if (there === "Ours") return recorded;
  if (there === "Unseen" && (await look(declared)) !== "Ours") throw unseen(recorded);
  return declared;
}

/** `Unseen`: AWS denies the read. A bucket in another region is not the one at this place. */
async function ownershipAt(
  session: AwsSession,
  owner: Owner,
  { bucketName, region }: Location,
  signal: AbortSignal,
): Promise<"Ours" | "NotOurs" | "Unseen"> {
  if (!isBucketName(bucketName)) return "NotOurs";
  const bucket = bucketClient(session, bucketName, region, signal);
  const { state } = await headBucket(bucket);
  if (state !== "Exists") return state === "Denied" ? "Unseen" : "NotOurs";
  try {
    return ownershipOf(await readTags(bucket), owner) === "Ours" ? "Ours" : "NotOurs";
  } catch (error) {
    if (isNoSuchBucket(error)) return "NotOurs";
    if (awsErrorKind(error) === "AccessDenied") return "Unseen";
    return throwFailure("s3:ListTagsForResource", bucket.arn)(error);
  }
}

function unseen({ bucketName, region }: Location): Error {
  const message =
    `status.bucketName is '${bucketName}' in ${region}, another place than the account gives now, and the operator may not read the tags of that bucket: ` +
    "allow s3:ListTagsForResource on it, or, if it is not this object's, remove bucketName and region from status";
  return stalled("AccessDenied", message);
}
