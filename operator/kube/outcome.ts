/**
 * How a reconcile ends: one value of {@link Outcome}, or a thrown error that a {@link Classify} function turns into a {@link Failure}.
 * The controller loop (controller.ts) is the only place that turns either into conditions, events, metrics and queue actions.
 */

/** Everything declared is read back and equal. Ready=True; looked at again after `recheckAfterMs` (jittered), at resync priority. */
export interface Done {
  kind: "done";
  recheckAfterMs: number;
  /** For the Ready condition; constant text, or it would be a status write each time. */
  message?: string;
}

/** Work in progress that needs time, not help, such as a change that AWS has not yet settled. Ready=Unknown, Reconciling=True. */
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

/** Reconciling was told to stop by annotation: conditions and observedGeneration stay as they were. */
export interface Paused {
  kind: "paused";
}

/** The finalizer is gone, the object with it: nothing more to write. */
export interface Released {
  kind: "released";
}

export type Outcome = Done | Again | Waiting | Paused | Released;

/**
 * A thrown error, classified. Ready=False and Reconciling=True, and the key comes back after its own exponential backoff, or after
 * `retryAfterMs` where the cause says how long it takes. What lasts becomes Stalled, and is tried again all the same (long-failures.ts).
 */
export interface Failure {
  reason: string;
  /** For people: what went wrong and what to do. No request ids or times, which differ at each try and would cause a status write each. */
  message: string;
  /** Only a person can change this: Stalled=True from the start, looked at again slowly in case that happened outside Kubernetes. */
  terminal?: boolean;
  retryAfterMs?: number;
  /** A conflict or the like that says nothing about the object: back in the queue, but no condition, event or error log. */
  quiet?: boolean;
}

export type Classify = (error: unknown) => Failure;
