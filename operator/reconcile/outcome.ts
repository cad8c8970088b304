import { type Failure, OutcomeError } from "../kube/outcome.ts";

export function failed(failure: Failure): OutcomeError {
  return new OutcomeError({ kind: "failure", ...failure });
}

/** Only a user can change it. `retryAfterMs` replaces the usual recheck of a Stalled object. */
export function stalled(reason: string, message: string, retryAfterMs?: number): OutcomeError {
  return failed({ reason, message, terminal: true, ...(retryAfterMs !== undefined && { retryAfterMs }) });
}

export function waiting(reason: string, message: string, afterMs: number): OutcomeError {
  return new OutcomeError({ kind: "waiting", reason, message, afterMs });
}

export function again(reason: string, message: string, afterMs: number): OutcomeError {
  return new OutcomeError({ kind: "again", reason, message, afterMs });
}
