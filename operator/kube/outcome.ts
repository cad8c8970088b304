/**
 * How a reconcile ends: an {@link Outcome}, returned or thrown inside an {@link OutcomeError}. Only the controller loop
 * (controller.ts) turns it into conditions, events, metrics and a requeue. `Reason` is the caller's list of reasons.
 */

/** The desired state was read back: Ready=True. Checked again after `recheckAfterMs` (jittered), at resync priority. */
interface Done {
  kind: "done";
  recheckAfterMs: number;
  /** For the Ready condition. Constant text: each change of it would be a status write. */
  message?: string;
}

/** Not done yet, without a failure: reconciled again after `afterMs`. */
interface Unfinished<Reason extends string> {
  afterMs: number;
  reason: Reason;
  message: string;
}

/**
 * Why a reconcile failed: Ready=False, Reconciling=True. Retried with exponential backoff, or after `retryAfterMs`. A
 * failure that lasts becomes Stalled, and is still retried (long-failures.ts).
 */
export interface Failure<Reason extends string = string> {
  reason: Reason;
  /** For users: what went wrong and what to do. No request ids or times: each retry would then write status. */
  message: string;
  /** Only a user can fix it: Stalled=True at once. Checked again slowly, since the fix may be made at AWS. */
  terminal?: boolean;
  retryAfterMs?: number;
  /** Says nothing about the object, such as a write conflict: retried without condition, event or error log. */
  quiet?: boolean;
}

export type Outcome<Reason extends string = string> =
  | Done
  /** Work in progress that only needs time, such as a write that is not visible yet. Ready=Unknown, Reconciling=True. */
  | ({ kind: "again" } & Unfinished<Reason>)
  /** Waiting for something that the message names, such as a referenced object. Ready=False, Reconciling=True. */
  | ({ kind: "waiting" } & Unfinished<Reason>)
  /**
   * An annotation pauses the object. Conditions and observedGeneration stay as they are. `recheckAfterMs`: what a pause
   * does not stop is checked again; absent: nothing is.
   */
  | { kind: "paused"; recheckAfterMs?: number }
  /** The finalizer was removed, and the object with it: there is no status to write. */
  | { kind: "released" }
  | ({ kind: "failure" } & Failure<Reason>);

/** Thrown to end a reconcile from within one of its steps. */
export class OutcomeError extends Error {
  readonly outcome: Outcome;
  constructor(outcome: Outcome) {
    super("message" in outcome ? outcome.message : outcome.kind);
    this.name = "OutcomeError";
    this.outcome = outcome;
  }
}
