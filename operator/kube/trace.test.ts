import { SpanStatusCode, trace } from "@opentelemetry/api";
import { expect, test } from "vitest";
import { recordSpans } from "../testing/spans.ts";
import { inSpan } from "../tracing.ts";
import type { Outcome } from "./outcome.ts";
import { widget } from "./testing/objects.ts";
import { noteOutcome, reconcileSpan } from "./trace.ts";

async function spanOf(outcome: Outcome) {
  using recorder = recordSpans();
  const { name, options } = reconcileSpan("widget", widget("a"), "id-1");
  // An active span outside is not its parent.
  await inSpan("outside", {}, () => inSpan(name, options, async (span) => noteOutcome(span, outcome)));
  const [span] = recorder.spans();
  return span;
}

test("a span has its object and its outcome", async () => {
  const span = await spanOf({ kind: "done", recheckAfterMs: 1 });
  expect(span?.name).toBe("Reconcile Widget");
  expect(span?.parentSpanContext).toBeUndefined();
  expect(span?.status.code).toBe(SpanStatusCode.UNSET);
  expect(span?.attributes).toEqual({
    controller: "widget",
    "k8s.namespace.name": "default",
    "k8s.object.kind": "Widget",
    "k8s.object.name": "a",
    "reconcile.id": "id-1",
    "reconcile.outcome": "done",
  });
});

test.each<[Outcome, boolean]>([
  [{ kind: "failure", reason: "Throttled", message: "planted" }, true],
  [{ kind: "failure", reason: "Invalid", message: "planted", terminal: true }, true],
  [{ kind: "failure", reason: "Conflict", message: "planted", quiet: true }, false],
  [{ kind: "waiting", reason: "BucketNotReady", message: "planted", afterMs: 1 }, false],
  [{ kind: "again", reason: "Settling", message: "planted", afterMs: 1 }, false],
])("of %j", async (outcome, failed) => {
  const span = await spanOf(outcome);
  const reason = "reason" in outcome ? outcome.reason : undefined;
  expect(span?.attributes).toMatchObject({ "reconcile.outcome": outcome.kind, "reconcile.reason": reason });
  expect(span?.status).toEqual(
    failed ? { code: SpanStatusCode.ERROR, message: reason } : { code: SpanStatusCode.UNSET },
  );
  expect(JSON.stringify([span?.attributes, span?.status])).not.toContain("planted");
});

test("without an SDK the work is done and nothing is recorded", async () => {
  const recording = await inSpan("a", {}, async (span) => span.isRecording());
  expect(recording).toBe(false);
  expect(trace.getActiveSpan()).toBeUndefined();
  await expect(inSpan("a", {}, () => Promise.reject(new Error("as it was")))).rejects.toThrow("as it was");
});
