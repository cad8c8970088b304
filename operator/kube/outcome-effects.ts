/** What follows from the outcome of a reconcile. Pure. */

import type { Priority } from "./changes.ts";
import { findCondition } from "./conditions.ts";
import { kubeFailure, type KubeError } from "./errors.ts";
import type { EventDetail } from "./events.ts";
import type { ReconcileResult } from "./metrics.ts";
import type { StatusObject } from "./object.ts";
import { OutcomeError, type Failure, type Outcome } from "./outcome.ts";
import type { KubeReason } from "./reasons.ts";

/** The failure that an error means, such as an error of AWS; undefined for an unknown error. */
export type FailureOf = (error: unknown) => Failure | undefined;

/** Does not repeat the message of the error, which may contain secrets. */
const INTERNAL: Failure<KubeReason> = { reason: "InternalError", message: "Internal error. See the operator's log." };

/** The outcome of a reconcile that threw. `failureOf` handles errors that are not the API server's, and may throw. */
export function thrownOutcome(error: unknown, failureOf: FailureOf): Outcome {
  if (error instanceof OutcomeError) return error.outcome;
  try {
    return { kind: "failure", ...(kubeFailure(error) ?? failureOf(error) ?? INTERNAL) };
  } catch {
    return { kind: "failure", ...INTERNAL };
  }
}

/** True for errors that only a bug throws. */
export function isPanic(error: unknown): boolean {
  const bugs = [TypeError, RangeError, ReferenceError, SyntaxError];
  return !(error instanceof Error) || bugs.some((bug) => error instanceof bug);
}

export const isQuiet = (outcome: Outcome) => outcome.kind === "failure" && outcome.quiet === true;

export const isTerminal = (outcome: Outcome) => outcome.kind === "failure" && outcome.terminal === true;

/** The `result` label of controller-runtime's metrics. */
export function resultOf(outcome: Outcome): ReconcileResult {
  if (isQuiet(outcome)) return "requeue";
  if (outcome.kind === "failure") return "error";
  return outcome.kind === "again" || outcome.kind === "waiting" ? "requeue_after" : "success";
}

/** "backoff": after exponential backoff. Undefined: only when something changes. */
export type Requeue = "backoff" | { afterMs: number; priority: Priority } | undefined;

/** `random` returns a number in [0, 1), to spread requeues over time. */
export function requeueOf(outcome: Outcome, random: () => number): Requeue {
  const jittered = (ms: number) => ms * (0.9 + random() * 0.2);
  const recheck = (ms: number): Requeue => ({ afterMs: jittered(ms), priority: "resync" });
  switch (outcome.kind) {
    case "done":
      return recheck(outcome.recheckAfterMs);
    case "again":
    case "waiting":
      return { afterMs: outcome.afterMs, priority: "edit" };
    case "failure":
      if (outcome.terminal) return recheck(outcome.retryAfterMs ?? STALLED_RECHECK_MS);
      if (outcome.retryAfterMs === undefined) return "backoff";
      return { afterMs: Math.max(MIN_RETRY_MS, jittered(outcome.retryAfterMs)), priority: "edit" };
    case "paused":
      return outcome.recheckAfterMs === undefined ? undefined : recheck(outcome.recheckAfterMs);
    default:
      return undefined;
  }
}

/** The cause of Stalled may be fixed at AWS, which no watch reports. */
const STALLED_RECHECK_MS = 600_000;

/** "Retry-After: 0" must not become a hot loop. */
const MIN_RETRY_MS = 1_000;

/** Warning on a new cause of failure, Normal on becoming Ready. The object is as at the start of the reconcile. */
export function eventOf({ status }: StatusObject, outcome: Outcome): EventDetail | undefined {
  const before = findCondition(status, "Ready");
  if (outcome.kind === "done") {
    if (before?.status === "True") return undefined;
    return {
      type: "Normal",
      reason: "Succeeded" satisfies KubeReason,
      action: "Reconcile",
      note: outcome.message ?? "Ready.",
    };
  }
  if (outcome.kind !== "failure" || isQuiet(outcome)) return undefined;
  if (before?.status === "False" && before.reason === outcome.reason) return undefined;
  return { type: "Warning", reason: outcome.reason, action: "Reconcile", note: outcome.message };
}

/** In place of the status that the server refuses, such as by an admission policy: the user sees nothing else. */
export function refusedStatusEvent(error: KubeError, outcome: Outcome): EventDetail {
  const { reason, message } = kubeFailure(error) ?? INTERNAL;
  const isTold = outcome.kind !== "failure" || outcome.message === message;
  const untold = isTold ? "" : `. The status would be ${outcome.reason}: ${outcome.message}`;
  const note = `The status could not be written: ${message.replace(/\.$/, "")}${untold}`;
  return { type: "Warning", reason, action: "UpdateStatus", note };
}
