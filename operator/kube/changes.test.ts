import { expect, test } from "vitest";
import { needsReconcile, priorityOf } from "./changes.ts";
import { FINALIZER, widget, type Widget } from "./testing/objects.ts";

const base: Partial<Widget["metadata"]> = { annotations: { a: "1" }, finalizers: [FINALIZER, "other/one"], labels: {} };

test.each<[string, Partial<Widget["metadata"]>, boolean]>([
  ["nothing", {}, false],
  ["resourceVersion", { resourceVersion: "2" }, false],
  ["labels", { labels: { team: "x" } }, false],
  ["generation", { generation: 2 }, true],
  ["deletion", { deletionTimestamp: "2026-01-01T00:00:00Z" }, true],
  ["an annotation changed", { annotations: { a: "2" } }, true],
  ["annotations gone", { annotations: {} }, true],
  ["another's finalizer gone", { finalizers: [FINALIZER] }, true],
  ["another's finalizer added", { finalizers: [FINALIZER, "other/one", "other/two"] }, true],
  ["our finalizer taken away", { finalizers: ["other/one"] }, true],
])("%s", (_, change, expected) => {
  expect(needsReconcile(widget("a", base), widget("a", { ...base, ...change }), FINALIZER)).toBe(expected);
});

test("adding the operator's finalizer requires no reconcile", () => {
  expect(needsReconcile(widget("a"), widget("a", { finalizers: [FINALIZER] }), FINALIZER)).toBe(false);
});

test("a change of status requires no reconcile", () => {
  expect(needsReconcile(widget("a"), widget("a", {}, { status: { size: 1 } }), FINALIZER)).toBe(false);
});

test("an object seen for the first time is a resync if an earlier process reconciled its generation", () => {
  expect(priorityOf(widget("a", {}, { status: { observedGeneration: 1 } }))).toBe("resync");
  expect(priorityOf(widget("a", {}, { status: { observedGeneration: -1 } }))).toBe("edit");
  expect(priorityOf(widget("a"))).toBe("edit");
  const deleting = { deletionTimestamp: "2026-01-01T00:00:00Z" };
  expect(priorityOf(widget("a", deleting, { status: { observedGeneration: 1 } }))).toBe("edit");
});
