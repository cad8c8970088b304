import { isPaused } from "../api/annotations.ts";
import type { BucketAccess, S3Bucket } from "../api/types.ts";
import type { AwaitedKey } from "../bucket/dependencies.ts";
import { findCondition } from "../kube/conditions.ts";
import { encryptionContexts } from "./policy/kms.ts";

/** While an access has not got its rights yet. */
const RECHECK_MS = 2_000;

/**
 * Milliseconds until an access can be expected to have its rights on a key that its bucket is about to get; 0 when it
 * has them, or is not waited for. Goes by status, in which a user with the right to write it can say anything: only for a
 * wait that is bounded. Pure.
 */
export function keyDelayMs(
  access: BucketAccess,
  { spec }: S3Bucket,
  { kmsKeyArn, now, propagationMs }: AwaitedKey,
): number {
  if (!isAtWork(access)) return 0;
  const ready = findCondition(access.status, "Ready");
  const granted = access.status?.kmsKeyArn === kmsKeyArn ? (access.status.encryptionContexts ?? []) : [];
  const wanted = encryptionContexts(spec.encryption?.bucketKeyEnabled);
  if (ready?.status !== "True" || !wanted.every((context) => granted.includes(context))) return RECHECK_MS;
  return Math.max(0, Date.parse(ready.lastTransitionTime) + propagationMs - now);
}

/** One that has been to the bucket before, and that the operator may and can go on with. */
function isAtWork(access: BucketAccess): boolean {
  const { metadata, status } = access;
  const isStalled = findCondition(status, "Stalled")?.status === "True";
  return (
    metadata.deletionTimestamp === undefined && !isPaused(access) && !isStalled && status?.bucketName !== undefined
  );
}
