/** What follows from how a reconcile ended, as pure functions of it. */

import { findCondition, type Ending } from "./conditions.ts";
import { kubeFailure } from "./errors.ts";
import type { EventDetail } from "./events.ts";
import type { Priority, ReconcileResult } from "./metrics.ts";
import type { StatusObject } from "./object.ts";
import type { Classify, Failure } from "./outcome.ts";

/** A thrown error as an ending. Errors of the API server are known here; others are `classify`'s, which may itself fail. */
export function failureOf(error: unknown, classify: Classify): Ending & Failure {
  try {
    return { kind: "failure", ...(kubeFailure(error) ?? classify(error)) };
  } catch {
    return {
      kind: "failure",
      reason: "InternalError",
      message: "The operator failed on this object; its log says how.",
    };
  }
}

/** True for what only a mistake in the operator throws. */
export function isPanic(error: unknown): boolean {
  const bugs = [TypeError, RangeError, ReferenceError, SyntaxError];
  return !(error instanceof Error) || bugs.some((bug) => error instanceof bug);
}

export const isQuiet = (ending: Ending) => ending.kind === "failure" && ending.quiet === true;

export const isTerminal = (ending: Ending) => ending.kind === "failure" && ending.terminal === true;

/** controller-runtime's `result` label. */
export function resultOf(ending: Ending): ReconcileResult {
  if (isQuiet(ending)) return "requeue";
  if (ending.kind === "failure") return "error";
  return ending.kind === "again" || ending.kind === "waiting" ? "requeue_after" : "success";
}

/** "backoff": after the key's own, growing delay. Undefined: when something changes. */
export type Requeue = "backoff" | { afterMs: number; priority: Priority } | undefined;

/** What the queue does with the key next. `random` gives a number in [0, 1) and spreads out what began together. */
export function requeueOf(ending: Ending, random: () => number): Requeue {
  const jittered = (ms: number) => ms * (0.9 + random() * 0.2);
  const recheck = (ms: number): Requeue => ({ afterMs: jittered(ms), priority: "resync" });
  switch (ending.kind) {
    case "done":
      return recheck(ending.recheckAfterMs);
    case "again":
    case "waiting":
      return { afterMs: ending.afterMs, priority: "edit" };
    case "failure":
      if (ending.terminal) return recheck(ending.retryAfterMs ?? STALLED_RECHECK_MS);
      if (ending.retryAfterMs === undefined) return "backoff";
      return { afterMs: Math.max(MIN_RETRY_MS, jittered(ending.retryAfterMs)), priority: "edit" };
    default:
      return undefined;
  }
}

/** What is Stalled may be put right at AWS, of which Kubernetes tells nothing. */
const STALLED_RECHECK_MS = 600_000;

/** "Retry-After: 0" is no reason for a hot loop. */
const MIN_RETRY_MS = 1_000;

/** The event that an ending is worth: a Warning on a change into failure, a Normal one on becoming Ready. `object` as the reconcile began. */
export function eventOf({ status }: StatusObject, ending: Ending): EventDetail | undefined {
  const before = findCondition(status, "Ready");
  if (ending.kind === "done") {
    if (before?.status === "True") return undefined;
    return { type: "Normal", reason: "Succeeded", action: "Reconcile", note: ending.message ?? "Ready." };
  }
  if (ending.kind !== "failure" || isQuiet(ending)) return undefined;
  if (before?.status === "False" && before.reason === ending.reason) return undefined;
  return { type: "Warning", reason: ending.reason, action: "Reconcile", note: ending.message };
}
