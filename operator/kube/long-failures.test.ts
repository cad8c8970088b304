import { beforeEach, describe, expect, test } from "vitest";
import { applyOutcome } from "./conditions.ts";
import { createLongFailures, type LongFailures } from "./long-failures.ts";
import type { Outcome } from "./outcome.ts";
import { createManualClock, type ManualClock } from "./testing/manual-clock.ts";
import { widget } from "./testing/objects.ts";

const AFTER_MS = 300_000;
let clock: ManualClock;
let longFailures: LongFailures;
beforeEach(() => {
  clock = createManualClock();
  longFailures = createLongFailures(clock, AFTER_MS);
});

const DENIED: Outcome = { kind: "failure", reason: "AccessDenied", message: "m", retryAfterMs: 120_000 };
const WAITING: Outcome = { kind: "waiting", reason: "BucketNotReady", message: "m", afterMs: 1 };
const judge = (outcome: Outcome, object = widget("a")) => longFailures.judge("default/a", object, outcome);
const isStalled = (outcome: Outcome) => outcome.kind === "failure" && outcome.terminal === true;

test.each([DENIED, WAITING])("$kind: Stalled when it has lasted, with its own reason and message", async (outcome) => {
  expect(judge(outcome)).toBe(outcome);
  expect(longFailures.remainingMs("default/a")).toBe(AFTER_MS);
  await clock.advance(AFTER_MS - 1);
  expect(judge(outcome)).toBe(outcome);
  expect(longFailures.remainingMs("default/a")).toBe(1);
  await clock.advance(1);
  const { reason, message } = outcome as { reason: string; message: string };
  expect(judge(outcome)).toEqual({ kind: "failure", terminal: true, reason, message });
  expect(longFailures.remainingMs("default/a")).toBeUndefined();
});

describe("the time starts again", () => {
  test.each<[string, () => void]>([
    ["with another reason", () => judge({ ...DENIED, reason: "Throttled" })],
    ["with an edit of the spec", () => judge(DENIED, widget("a", { generation: 2 }))],
    ["once it is done", () => judge({ kind: "done", recheckAfterMs: 1 })],
    ["with progress", () => judge({ kind: "again", reason: "Settling", message: "m", afterMs: 1 })],
    ["when the object is gone", () => longFailures.forget("default/a")],
  ])("%s", async (_, interrupt) => {
    judge(DENIED);
    await clock.advance(AFTER_MS);
    interrupt();
    expect(isStalled(judge(DENIED))).toBe(false);
  });

  test("but not after a conflict, which says nothing about the object", async () => {
    judge(DENIED);
    await clock.advance(AFTER_MS);
    judge({ kind: "failure", reason: "Conflict", message: "m", quiet: true });
    expect(isStalled(judge(DENIED))).toBe(true);
  });

  test("but not after a restart of the operator, if the object is shown as Stalled", () => {
    const shown: Outcome = { kind: "failure", reason: "AccessDenied", message: "m", terminal: true };
    const object = widget("a", {}, { status: applyOutcome({}, shown, 1, clock.now()) });
    expect(isStalled(judge(DENIED, object))).toBe(true);
    expect(isStalled(judge({ ...DENIED, reason: "Throttled" }, object))).toBe(false);
    const edited = { ...object, metadata: { ...object.metadata, generation: 2 } };
    expect(isStalled(judge(DENIED, edited))).toBe(false);
  });
});

test("outcomes of other kinds and terminal failures stay the same", async () => {
  const outcomes: Outcome[] = [
    { kind: "again", reason: "Emptying", message: "m", afterMs: 1 },
    { kind: "failure", reason: "Invalid", message: "m", terminal: true },
    { kind: "done", recheckAfterMs: 1 },
    { kind: "paused" },
  ];
  for (const outcome of outcomes) {
    judge(outcome);
    await clock.advance(10 * AFTER_MS);
    expect(judge(outcome)).toBe(outcome);
  }
});
