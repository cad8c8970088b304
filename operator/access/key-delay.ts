import { isPaused } from "../api/annotations.ts";
import type { BucketAccess, S3Bucket } from "../api/types.ts";
import type { AwaitedKey } from "../bucket/dependencies.ts";
import { findCondition } from "../kube/conditions.ts";
import { DELAY_MS } from "../reconcile/delays.ts";
import { encryptionContexts } from "./policy/kms.ts";

/**
 * Milliseconds until an access should have its permissions on a key that its bucket is about to get; 0: it has them, or
 * need not be waited for. Relies on status, which users may write, so only a bounded wait may depend on it. Pure.
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
  if (ready?.status !== "True" || !wanted.every((context) => granted.includes(context))) return DELAY_MS.visible;
  return Math.max(0, Date.parse(ready.lastTransitionTime) + propagationMs - now);
}

/** It had access to the bucket before, and the operator can reconcile it now. */
function isAtWork(access: BucketAccess): boolean {
  const { metadata, status } = access;
  const isStalled = findCondition(status, "Stalled")?.status === "True";
  return (
    metadata.deletionTimestamp === undefined && !isPaused(access) && !isStalled && status?.bucketName !== undefined
  );
}
