import type { Reason } from "../api/reasons.ts";
import { OutcomeError, type Failure as AnyFailure, type Outcome as AnyOutcome } from "../kube/outcome.ts";

export type Failure = AnyFailure<Reason>;
export type Outcome = AnyOutcome<Reason>;

export function failed(failure: Failure): OutcomeError {
  return new OutcomeError({ kind: "failure", ...failure });
}

/** Only a user can fix it. `retryAfterMs` replaces the usual recheck of a Stalled object. */
export function stalled(reason: Reason, message: string, retryAfterMs?: number): OutcomeError {
  return failed({ reason, message, terminal: true, ...(retryAfterMs !== undefined && { retryAfterMs }) });
}

export function waiting(reason: Reason, message: string, afterMs: number): OutcomeError {
  return new OutcomeError({ kind: "waiting", reason, message, afterMs });
}

export function again(reason: Reason, message: string, afterMs: number): OutcomeError {
  return new OutcomeError({ kind: "again", reason, message, afterMs });
}

/** The failure that an error made by {@link failed} carries; undefined for any other error or outcome. */
export function failureIn(error: unknown): Failure | undefined {
  if (!(error instanceof OutcomeError) || error.outcome.kind !== "failure") return undefined;
  const { kind: _kind, ...failure } = error.outcome as Extract<Outcome, { kind: "failure" }>;
  return failure;
}
