/**
 * How a reconcile ends: an {@link Outcome}, returned or thrown inside an {@link OutcomeError}. The controller loop (controller.ts) is the only
 * place that turns it into conditions, events, metrics and a requeue.
 */

/** The state that is declared has been read back. Ready=True; checked again after `recheckAfterMs` (jittered), at resync priority. */
export interface Done {
  kind: "done";
  recheckAfterMs: number;
  /** For the Ready condition. Constant text: each change of it would be a status write. */
  message?: string;
}

/** Work in progress that needs time only, such as a change that AWS does not show yet. Ready=Unknown, Reconciling=True. */
export interface Again {
  kind: "again";
  afterMs: number;
  reason: string;
  message: string;
}

/** Waiting for something named in the message, such as a reference or an emptied bucket. Ready=False, Reconciling=True. */
export interface Waiting {
  kind: "waiting";
  afterMs: number;
  reason: string;
  message: string;
}

/** An annotation stops reconciles: conditions and observedGeneration stay as they are. */
export interface Paused {
  kind: "paused";
}

/** The finalizer is gone, and the object with it: there is nothing more to write. */
export interface Released {
  kind: "released";
}

/**
 * Why a reconcile failed. Ready=False and Reconciling=True; the key is retried after its own exponential backoff, or after `retryAfterMs` where
 * the cause says how long it takes. A failure that lasts becomes Stalled, and is still retried (long-failures.ts).
 */
export interface Failure {
  reason: string;
  /** For users: what went wrong and what to do. No request ids or times: they differ at each retry and would cause a status write each. */
  message: string;
  /** Only a user can change this: Stalled=True at once, checked again slowly in case that happened outside Kubernetes. */
  terminal?: boolean;
  retryAfterMs?: number;
  /** A conflict or the like that says nothing about the object: requeued without a condition, an event or an error log. */
  quiet?: boolean;
}

export type Outcome = Done | Again | Waiting | Paused | Released | ({ kind: "failure" } & Failure);

/** Ends a reconcile from within one of its steps, so that a controller reads as the list of its steps. */
export class OutcomeError extends Error {
  readonly outcome: Outcome;
  constructor(outcome: Outcome) {
    super("message" in outcome ? outcome.message : outcome.kind);
    this.name = "OutcomeError";
    this.outcome = outcome;
  }
}

/** The failure that an error carries; undefined for any other error or outcome. */
export function failureIn(error: unknown): Failure | undefined {
  if (!(error instanceof OutcomeError) || error.outcome.kind !== "failure") return undefined;
  const { kind: _kind, ...failure } = error.outcome;
  return failure;
}
