import fc from "fast-check";
import { expect, test } from "vitest";
import { applyOutcome } from "./conditions.ts";
import { isTerminal, requeueOf, resultOf, thrownOutcome } from "./outcome-effects.ts";
import { OutcomeError, type Outcome } from "./outcome.ts";

const about = { reason: fc.constantFrom("Invalid", "AccessDenied"), message: fc.string() };
const ms = fc.integer({ min: 0, max: 86_400_000 });
const failure = fc.record(
  { kind: fc.constant("failure" as const), ...about, terminal: fc.boolean(), retryAfterMs: ms, quiet: fc.boolean() },
  { requiredKeys: ["kind", "reason", "message"] },
);
const working: fc.Arbitrary<Outcome> = fc.oneof(
  failure,
  fc.record({ kind: fc.constantFrom("again" as const, "waiting" as const), ...about, afterMs: ms }),
  fc.record({ kind: fc.constant("done" as const), recheckAfterMs: ms }),
);

test("each outcome is reconciled again without an edit: the cause may be fixed at AWS", () => {
  fc.assert(
    fc.property(working, (outcome) => {
      const requeue = requeueOf(outcome, () => 0.5);
      expect(requeue).toBeDefined();
      if (typeof requeue === "object") expect(requeue.afterMs).toBeLessThanOrEqual(86_400_000);
    }),
  );
});

test("all terminal failures have the same recheck, result and conditions", () => {
  fc.assert(
    fc.property(failure, (outcome) => {
      const stalled = { ...outcome, terminal: true };
      const { conditions = [] } = applyOutcome({}, stalled, 1, 0);
      expect(isTerminal(stalled)).toBe(true);
      expect(conditions.map(({ type }) => type)).toEqual(["Stalled", "Ready"]);
      expect(requeueOf(stalled, () => 0.5)).toEqual({ afterMs: outcome.retryAfterMs ?? 600_000, priority: "resync" });
      expect(resultOf(stalled)).toBe(outcome.quiet ? "requeue" : "error");
    }),
  );
});

test("a thrown outcome has the effects of a returned one", () => {
  const failureOf = () => ({ reason: "Unavailable", message: "" });
  fc.assert(
    fc.property(working, (outcome) => {
      expect(thrownOutcome(new OutcomeError(outcome), failureOf)).toEqual(outcome);
    }),
  );
});

test("the message of an unknown error is not in status", () => {
  const failing = () => {
    throw new Error("secret");
  };
  for (const failureOf of [() => undefined, failing]) {
    const outcome = thrownOutcome(new Error("secret"), failureOf);
    expect(outcome).toMatchObject({ kind: "failure", reason: "InternalError" });
    expect(JSON.stringify(outcome)).not.toContain("secret");
  }
});
