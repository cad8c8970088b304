/** Object lock on deletes: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html */

import { AwsError } from "../errors.ts";
import type { AwsRequest } from "../http.ts";
import type { Bucket, ObjectVersion } from "../state.ts";
import { accessDenied, invalidRequest } from "./route.ts";

export const BYPASS_HEADER = "x-amz-bypass-governance-retention";

/** Further IAM action for requests with the header that bypasses GOVERNANCE. */
export function bypassActions({ headers }: AwsRequest): string[] {
  return asksToBypass(headers) ? ["s3:BypassGovernanceRetention"] : [];
}

/** Whether the request bypasses GOVERNANCE. Without object lock any value of the header throws InvalidArgument. */
export function bypassesGovernance({ headers }: AwsRequest, bucket: Bucket): boolean {
  if (headers[BYPASS_HEADER] !== undefined && bucket.objectLock === undefined) {
    const message = `${BYPASS_HEADER} is only applicable to Object Lock enabled buckets.`;
    throw new AwsError(400, "InvalidArgument", message, { details: { ArgumentName: BYPASS_HEADER } });
  }
  return asksToBypass(headers);
}

/** Throws AccessDenied for a legal hold, and for a retention that has not ended and is not bypassed. */
export function refuseIfProtected(version: ObjectVersion, bypassGovernance: boolean, now: number): void {
  if (version.legalHold === "ON" || isRetained(version, bypassGovernance, now)) {
    throw accessDenied("Access Denied because object protected by object lock.");
  }
}

export function isRetained({ retention }: ObjectVersion, bypassGovernance: boolean, now: number): boolean {
  if (retention === undefined || retention.until <= now) return false;
  return retention.mode === "COMPLIANCE" || !bypassGovernance;
}

/** Throws InvalidRequest if the bucket has no object lock. */
export function requireObjectLock({ objectLock }: Bucket): void {
  if (objectLock === undefined) throw invalidRequest("Bucket is missing Object Lock Configuration");
}

function asksToBypass(headers: AwsRequest["headers"]): boolean {
  return headers[BYPASS_HEADER]?.toLowerCase() === "true";
}
