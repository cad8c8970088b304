/** What can go wrong between us and the API server, as one error type, and what a reconcile should make of it. */

import type { Failure } from "./outcome.ts";
import type { KubeReason } from "./reasons.ts";

/** metav1.Status, as error answers and ERROR watch events carry it. */
export interface StatusBody {
  code?: number;
  reason?: string;
  message?: string;
  details?: { retryAfterSeconds?: number };
}

/** Our reasons where no answer came from which one could be read. */
export const UNREACHABLE = "Unreachable";
export const TIMEOUT = "Timeout";
export const BROKEN_ANSWER = "BrokenAnswer";
export const NO_CREDENTIALS = "NoCredentials";

/**
 * A failed call. The message names the call and repeats the server's own sentence; headers, bodies and tokens never get in.
 * `status` is the HTTP status, or 0 if no whole answer came: then a write may all the same have happened.
 */
export class KubeError extends Error {
  override readonly name = "KubeError";
  readonly status: number;
  readonly reason: string;
  /** How long the server asked to be left alone, up to a minute. */
  readonly retryAfterMs?: number;

  constructor(call: string, status: number, reason: string, detail: string, retryAfterMs?: number) {
    super(`${call}: ${status === 0 ? "" : `${status} `}${reason}${detail === "" ? "" : `: ${detail.slice(0, 1024)}`}`);
    this.status = status;
    this.reason = reason;
    if (retryAfterMs !== undefined) this.retryAfterMs = retryAfterMs;
  }
}

/** A maintenance page may ask for an hour, and the API server is back within seconds. */
const MAX_RETRY_AFTER_MS = 60_000;

/** Builds the error for an answer outside 2xx, or for an ERROR event (which has a body only). `retryAfter` is the header. */
export function errorOfStatus(
  call: string,
  status: number,
  body: StatusBody | undefined,
  retryAfter?: string,
): KubeError {
  const seconds = Number(retryAfter ?? body?.details?.retryAfterSeconds);
  return new KubeError(
    call,
    status,
    typeof body?.reason === "string" && body.reason !== "" ? body.reason : "Unknown",
    typeof body?.message === "string" ? body.message : "",
    seconds >= 0 ? Math.min(seconds * 1000, MAX_RETRY_AFTER_MS) : undefined,
  );
}

const hasStatus = (error: unknown, status: number): error is KubeError =>
  error instanceof KubeError && error.status === status;

/** By the API server's own word: a 404 without it is about a path, or is a proxy's. */
export const isNotFound = (error: unknown) => hasStatus(error, 404) && error.reason === "NotFound";
/** The resourceVersion or uid sent is no longer the object's. Not "already exists", which has the same status. */
export const isConflict = (error: unknown) => hasStatus(error, 409) && error.reason === "Conflict";
const isAlreadyExists = (error: unknown) => hasStatus(error, 409) && error.reason === "AlreadyExists";
/** The resourceVersion or continue token has expired: list again. */
export const isGone = (error: unknown) => hasStatus(error, 410);

/** The result of a read; undefined if the object does not exist. */
export async function unlessNotFound<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** How long a request that the API server found invalid waits before it is tried again, in case the server changed. */
const INVALID_RECHECK_MS = 10 * 60_000;

/** What a failed call says about the object being reconciled; undefined for errors from elsewhere. */
export function kubeFailure(error: unknown): Failure<KubeReason> | undefined {
  if (!(error instanceof KubeError)) return undefined;
  const retry = error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs };
  if (isConflict(error)) return { reason: "Conflict", message: error.message, quiet: true };
  if (isNotFound(error)) return { reason: "NotFound", message: error.message };
  if (isAlreadyExists(error)) return { reason: "AlreadyExists", message: error.message };
  switch (error.status) {
    case 401:
      return {
        reason: "Unauthorized",
        message: "The Kubernetes API server does not accept the operator's credentials.",
      };
    case 403:
      return { reason: "Forbidden", message: error.message };
    case 400:
    case 413:
    case 422:
      return { reason: "Invalid", message: error.message, terminal: true, retryAfterMs: INVALID_RECHECK_MS };
    case 429:
      return {
        reason: "TooManyRequests",
        message: "The Kubernetes API server asks to be called less often.",
        ...retry,
      };
    default:
      return { reason: "APIServerUnavailable", message: "The Kubernetes API server gave no usable answer.", ...retry };
  }
}
