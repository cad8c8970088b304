/** The error type of calls to the API server, and the failure of a reconcile that it means. */

import type { Failure } from "./outcome.ts";
import type { KubeReason } from "./reasons.ts";

/** metav1.Status: the body of an error response or of an ERROR watch event. */
export interface StatusBody {
  code?: number;
  reason?: string;
  message?: string;
  details?: { retryAfterSeconds?: number };
}

/** Reasons of errors without a response from the API server. */
export const UNREACHABLE = "Unreachable";
export const TIMEOUT = "Timeout";
export const BROKEN_ANSWER = "BrokenAnswer";
export const NO_CREDENTIALS = "NoCredentials";

/**
 * A failed call. The message has the call and the server's message, never headers, bodies or tokens. `status` is the
 * HTTP status, or 0 without a complete response: then a write may have succeeded.
 */
export class KubeError extends Error {
  override readonly name = "KubeError";
  readonly status: number;
  readonly reason: string;
  /** The server's message, such as the one of an admission webhook; "" without one. */
  readonly detail: string;
  /** From Retry-After, at most a minute. */
  readonly retryAfterMs?: number;

  constructor(call: string, status: number, reason: string, fullDetail: string, retryAfterMs?: number) {
    const detail = fullDetail.slice(0, 1024);
    super(`${call}: ${status === 0 ? "" : `${status} `}${reason}${detail === "" ? "" : `: ${detail}`}`);
    this.status = status;
    this.reason = reason;
    this.detail = detail;
    if (retryAfterMs !== undefined) this.retryAfterMs = retryAfterMs;
  }
}

/** A maintenance page may ask for an hour, but the API server may be back in seconds. */
const MAX_RETRY_AFTER_MS = 60_000;

/** The error of a response outside 2xx, or of an ERROR event. `retryAfter` is the value of the header. */
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
    // The port of a webhook's or etcd's client differs in each try.
    typeof body?.message === "string" ? body.message.replace(/:\d{1,5}->/g, "->") : "",
    seconds >= 0 ? Math.min(seconds * 1000, MAX_RETRY_AFTER_MS) : undefined,
  );
}

const hasStatus = (error: unknown, status: number): error is KubeError =>
  error instanceof KubeError && error.status === status;

/** Requires the reason: a 404 without it is about a path, or comes from a proxy. */
export const isNotFound = (error: unknown) => hasStatus(error, 404) && error.reason === "NotFound";
/** The object has another resourceVersion or uid. AlreadyExists has the same status code. */
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

/** The server refuses this write because of its content or the operator's rights, and would refuse it again. */
export function isRefusal(error: unknown): error is KubeError {
  if (!(error instanceof KubeError)) return false;
  // The server reports a webhook that fails or denies with any status.
  return [400, 403, 413, 422].includes(error.status) || /\bwebhook\b/.test(error.detail);
}

/** An invalid request is retried, in case the server's schema changes. */
const INVALID_RECHECK_MS = 10 * 60_000;

/** The failure of a reconcile whose call failed; undefined for any other error. */
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
        message: withDetail("The Kubernetes API server rejects the operator's credentials", error),
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
        message: withDetail("The Kubernetes API server throttles the operator", error),
        ...retry,
      };
    default:
      return {
        reason: "APIServerUnavailable",
        message: withDetail("The Kubernetes API server does not respond correctly", error),
        ...retry,
      };
  }
}

/** With the call and the server's own words, if it has any. Without an answer there is nothing to tell. */
function withDetail(text: string, error: KubeError): string {
  return error.status === 0 || error.detail === "" ? `${text}.` : `${text}: ${error.message}`;
}
