import { describe, expect, test } from "vitest";
import type { KubeObject } from "../kube/object.ts";
import { isPaused, noteRequest, pollIntervalMs, reconcileRequestedAt } from "./annotations.ts";
import { API_VERSION, PAUSED, POLL_INTERVAL_SECONDS, RECONCILE_REQUESTED_AT } from "./names.ts";

function annotated(annotations: Record<string, string>): KubeObject {
  return { apiVersion: API_VERSION, kind: "S3Bucket", metadata: { name: "docs", annotations } };
}

test.each([
  ["true", true],
  ["false", false],
  ["True", false],
  ["", false],
])("paused %j: %s", (value, paused) => {
  expect(isPaused(annotated({ [PAUSED]: value }))).toBe(paused);
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
    expect(pollIntervalMs(annotated({ [POLL_INTERVAL_SECONDS]: value }), 600_000)).toBe(ms);
  });
});

test("a request is cut to the maximum length in status", () => {
  expect(reconcileRequestedAt(annotated({ [RECONCILE_REQUESTED_AT]: "now" }))).toBe("now");
  expect(reconcileRequestedAt(annotated({ [RECONCILE_REQUESTED_AT]: "x".repeat(300) }))).toHaveLength(256);
});

test("status has the last request until the next one", () => {
  const status = {};
  noteRequest(status, annotated({ [RECONCILE_REQUESTED_AT]: "now" }));
  expect(status).toEqual({ reconcileRequestedAt: "now" });
  noteRequest(status, annotated({}));
  expect(status).toEqual({ reconcileRequestedAt: "now" });
});

test("an object without annotations has the defaults", () => {
  expect(isPaused(annotated({}))).toBe(false);
  expect(pollIntervalMs(annotated({}), 600_000)).toBe(600_000);
  expect(reconcileRequestedAt(annotated({}))).toBeUndefined();
});
