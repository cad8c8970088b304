import { describe, expect, test } from "vitest";
import { applyOutcome, removeCondition, setCondition, type ShownOutcome } from "./conditions.ts";
import type { CommonStatus, Condition } from "./object.ts";

const NOW = Date.UTC(2026, 0, 1, 12, 0, 0, 789);
const LATER = NOW + 60_000;
const reasons = { reason: "BucketNotEmpty", message: "Empty it." };

const brief = ({ conditions }: CommonStatus) =>
  conditions?.map(({ type, status, reason }) => `${type}=${status} ${reason}`);

test.each<[string, ShownOutcome, string[]]>([
  ["done", { kind: "done", recheckAfterMs: 1 }, ["Ready=True Succeeded"]],
  [
    "again",
    { kind: "again", afterMs: 1, ...reasons },
    ["Reconciling=True BucketNotEmpty", "Ready=Unknown BucketNotEmpty"],
  ],
  [
    "waiting",
    { kind: "waiting", afterMs: 1, ...reasons },
    ["Reconciling=True BucketNotEmpty", "Ready=False BucketNotEmpty"],
  ],
  ["failure", { kind: "failure", ...reasons }, ["Reconciling=True ProgressingWithRetry", "Ready=False BucketNotEmpty"]],
  [
    "terminal failure",
    { kind: "failure", terminal: true, ...reasons },
    ["Stalled=True BucketNotEmpty", "Ready=False BucketNotEmpty"],
  ],
  ["progress", { kind: "progress", ...reasons }, ["Reconciling=True Progressing", "Ready=Unknown BucketNotEmpty"]],
])("%s results in conditions that kstatus understands", (_, outcome, expected) => {
  for (const before of [
    { kind: "failure", terminal: true, ...reasons },
    { kind: "failure", ...reasons },
    { kind: "paused" },
  ] as const) {
    const status = applyOutcome(applyOutcome({}, before, 1, NOW), outcome, 2, LATER);
    expect(brief(status)).toEqual(expected);
    expect(status.observedGeneration).toBe(2);
    expect(status.conditions?.every(({ observedGeneration }) => observedGeneration === 2)).toBe(true);
  }
});

describe("lastTransitionTime", () => {
  test("has whole seconds, and changes only with the status", () => {
    const first = applyOutcome({}, { kind: "failure", ...reasons }, 1, NOW);
    const second = applyOutcome(first, { kind: "failure", reason: "Throttled", message: "Wait." }, 2, LATER);
    const third = applyOutcome(second, { kind: "done", recheckAfterMs: 1 }, 2, LATER);
    const ready = (status: CommonStatus) => status.conditions?.find(({ type }) => type === "Ready");
    expect(ready(first)?.lastTransitionTime).toBe("2026-01-01T12:00:00Z");
    expect(ready(second)).toMatchObject({ reason: "Throttled", lastTransitionTime: "2026-01-01T12:00:00Z" });
    expect(ready(third)?.lastTransitionTime).toBe("2026-01-01T12:01:00Z");
  });

  test("stays the same if the outcome is repeated", () => {
    const once = applyOutcome({}, { kind: "failure", ...reasons }, 1, NOW);
    expect(applyOutcome(once, { kind: "failure", ...reasons }, 1, LATER)).toEqual(once);
  });
});

describe("the condition Paused", () => {
  const ready = applyOutcome({}, { kind: "done", recheckAfterMs: 1 }, 3, NOW);

  test("leaves observedGeneration and the other conditions unchanged", () => {
    const paused = applyOutcome(ready, { kind: "paused" }, 4, LATER);
    expect(paused.observedGeneration).toBe(3);
    expect(brief(paused)).toEqual(["Ready=True Succeeded", "Paused=True Paused"]);
    expect(paused.conditions?.[0]).toEqual(ready.conditions?.[0]);
  });

  test("comes with Ready if the object is paused before its first reconcile", () => {
    const paused = applyOutcome({ observedGeneration: -1 }, { kind: "paused" }, 1, NOW);
    expect(paused.observedGeneration).toBe(-1);
    expect(brief(paused)).toEqual(["Reconciling=True Paused", "Ready=Unknown Paused", "Paused=True Paused"]);
  });

  test("is removed by the next reconcile", () => {
    const paused = applyOutcome(ready, { kind: "paused" }, 4, LATER);
    expect(brief(applyOutcome(paused, { kind: "done", recheckAfterMs: 1 }, 4, LATER))).toEqual([
      "Ready=True Succeeded",
    ]);
  });
});

describe("other conditions", () => {
  const detail = { type: "KeyUsable", status: "True", reason: "KeyEnabled", message: "" } as const;

  test("are kept, after the summary conditions", () => {
    const status = applyOutcome(
      { conditions: setCondition([], detail, 1, NOW) },
      { kind: "failure", ...reasons },
      1,
      NOW,
    );
    expect(status.conditions?.map(({ type }) => type)).toEqual(["Reconciling", "Ready", "KeyUsable"]);
  });

  test("are set and removed without a change of the given list", () => {
    const before: Condition[] = [];
    const after = setCondition(before, detail, 1, NOW);
    expect(before).toEqual([]);
    expect(removeCondition(after, "KeyUsable")).toEqual([]);
  });

  test("have a message of at most the length in the schema", () => {
    const [condition] = setCondition([], { ...detail, message: "x".repeat(40_000) }, 1, NOW);
    expect(condition?.message).toHaveLength(32_768);
  });
});
