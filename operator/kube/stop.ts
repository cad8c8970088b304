import type { Failure, Outcome } from "./outcome.ts";

/** Ends a reconcile from within one of its steps, so that the controller reads as the list of those steps. */
export class Stop extends Error {
  readonly outcome: Outcome;
  constructor(outcome: Outcome) {
    super("message" in outcome ? outcome.message : outcome.kind);
    this.name = "Stop";
    this.outcome = outcome;
  }
}

/** What a reconcile comes to, a Stop included. */
export async function outcomeOrStop(reconcile: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await reconcile();
  } catch (error) {
    if (error instanceof Stop) return error.outcome;
    throw error;
  }
}

/** An error that is classified already. */
export class Failed extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.message);
    this.name = "Failed";
    this.failure = failure;
  }
}

/** Only a person can change it. Looked at again after `retryAfterMs` where the usual recheck of what is Stalled is not the right one. */
export function stalled(reason: string, message: string, retryAfterMs?: number): Failed {
  return new Failed({ reason, message, terminal: true, ...(retryAfterMs !== undefined && { retryAfterMs }) });
}

export function waiting(reason: string, message: string, afterMs: number): Stop {
  return new Stop({ kind: "waiting", reason, message, afterMs });
}

export function again(reason: string, message: string, afterMs: number): Stop {
  return new Stop({ kind: "again", reason, message, afterMs });
}
