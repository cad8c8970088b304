import { describe, expect, test } from "vitest";
import { PAUSED, POLL_INTERVAL_SECONDS, RECONCILE_REQUESTED_AT } from "../api/names.ts";
import { isPaused, pollIntervalMs, reconcileRequestedAt } from "./annotations.ts";
import { s3Bucket } from "./testing/fixtures.ts";

function annotated(name: string, value: string) {
  return s3Bucket({}, { annotations: { [name]: value } });
}

test.each([
  ["true", true],
  ["false", false],
  ["True", false],
  ["", false],
])("paused %j: %s", (value, paused) => {
  expect(isPaused(annotated(PAUSED, value))).toBe(paused);
});

describe("poll interval", () => {
  test.each([
    ["120", 120_000],
    ["60", 60_000],
    ["1", 60_000],
    ["86400", 86_400_000],
    ["86401", 86_400_000],
    ["0", 600_000],
    ["-120", 600_000],
    ["90.5", 600_000],
    ["", 600_000],
    ["2m", 600_000],
    ["NaN", 600_000],
    ["Infinity", 600_000],
  ])("%j is %i ms", (value, ms) => {
    expect(pollIntervalMs(annotated(POLL_INTERVAL_SECONDS, value), 600_000)).toBe(ms);
  });
});

test("what was asked for is cut to what status holds", () => {
  expect(reconcileRequestedAt(annotated(RECONCILE_REQUESTED_AT, "now"))).toBe("now");
  expect(reconcileRequestedAt(annotated(RECONCILE_REQUESTED_AT, "x".repeat(300)))).toHaveLength(256);
});

test("no annotations", () => {
  expect(isPaused(s3Bucket())).toBe(false);
  expect(pollIntervalMs(s3Bucket(), 600_000)).toBe(600_000);
  expect(reconcileRequestedAt(s3Bucket())).toBeUndefined();
});
