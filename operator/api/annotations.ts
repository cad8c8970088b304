import type { KubeObject } from "../kube/object.ts";
import { CONFIRM_DELETE_CONTENTS, PAUSED, POLL_INTERVAL_SECONDS, RECONCILE_REQUESTED_AT } from "./names.ts";

const MIN_POLL_SECONDS = 60;
const MAX_POLL_SECONDS = 86_400;
const MAX_REQUEST = 256;

export function isPaused({ metadata }: KubeObject): boolean {
  return metadata.annotations?.[PAUSED] === "true";
}

/** Whether the user confirmed that this bucket is to be deleted with its contents. */
export function confirmsDeletionOf({ metadata }: KubeObject, bucketName: string): boolean {
  return metadata.annotations?.[CONFIRM_DELETE_CONTENTS] === bucketName;
}

/** In milliseconds: the annotation's value, cut to the allowed range, or `fallbackMs`. */
export function pollIntervalMs({ metadata }: KubeObject, fallbackMs: number): number {
  const seconds = Number(metadata.annotations?.[POLL_INTERVAL_SECONDS]);
  if (!Number.isInteger(seconds) || seconds <= 0) return fallbackMs;
  return Math.min(Math.max(seconds, MIN_POLL_SECONDS), MAX_POLL_SECONDS) * 1_000;
}

/** The user's latest request for a reconcile, cut to the maximum length in status. */
export function reconcileRequestedAt({ metadata }: KubeObject): string | undefined {
  return metadata.annotations?.[RECONCILE_REQUESTED_AT]?.slice(0, MAX_REQUEST);
}

/** Records in the draft status that this reconcile handles the user's request. */
export function noteRequest(status: { reconcileRequestedAt?: string }, object: KubeObject): void {
  const request = reconcileRequestedAt(object);
  if (request !== undefined) status.reconcileRequestedAt = request;
}
