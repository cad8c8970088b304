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

/** An error that is classified already. */
export class Failed extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.message);
    this.name = "Failed";
    this.failure = failure;
  }
}

/** Only a person can change it; looked at again at `recheckAfterMs` in case they did so at AWS. */
export function stalled(reason: string, message: string, recheckAfterMs = 600_000): Stop {
  return new Stop({ kind: "terminal", reason, message, recheckAfterMs });
}

export function waiting(reason: string, message: string, afterMs: number): Stop {
  return new Stop({ kind: "waiting", reason, message, afterMs });
}

export function again(reason: string, message: string, afterMs: number): Stop {
  return new Stop({ kind: "again", reason, message, afterMs });
}
