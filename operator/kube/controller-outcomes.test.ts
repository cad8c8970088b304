import { describe, expect, test } from "vitest";
import { stalled } from "../reconcile/outcome.ts";
import { errorOfStatus } from "./errors.ts";
import type { Outcome } from "./outcome.ts";
import { controllerHarness, Denied, DONE, key } from "./testing/controller-harness.ts";
import { settle } from "./testing/manual-clock.ts";
import { refusal } from "./testing/memory-client.ts";
import { FINALIZER, widget, WIDGETS } from "./testing/objects.ts";

describe("the outcome of a reconcile", () => {
  test("done sets Ready with one write and one event, then reconciles at each recheck without a write", async () => {
    const { clock, events, seen, start, apply, status, conditions, statusWrites, metric } = controllerHarness();
    start(async () => DONE);
    apply(widget("a"));
    await settle();
    expect(conditions()).toEqual(["Ready=True Succeeded"]);
    expect(status()?.observedGeneration).toBe(1);
    expect(events).toMatchObject([{ type: "Normal", reason: "Succeeded" }]);
    await clock.advance(599_999);
    expect(seen).toHaveLength(1);
    await clock.advance(1);
    await clock.advance(1_200_000);
    expect(seen).toHaveLength(4);
    expect(statusWrites()).toHaveLength(1);
    expect(events).toHaveLength(1);
    expect(await metric("controller_runtime_reconcile_total", { result: "success" })).toBe(4);
  });

  test("again and waiting reconcile after the time that they name", async () => {
    const { clock, seen, start, apply, conditions, metric } = controllerHarness();
    const outcomes: Outcome[] = [
      { kind: "again", afterMs: 5_000, reason: "Settling", message: "m" },
      { kind: "waiting", afterMs: 30_000, reason: "ReferenceNotFound", message: "m" },
      DONE,
    ];
    start(async () => outcomes.shift() ?? DONE);
    apply(widget("a"));
    await settle();
    expect(conditions()).toEqual(["Reconciling=True Settling", "Ready=Unknown Settling"]);
    await clock.advance(5_000);
    expect(conditions()).toEqual(["Reconciling=True ReferenceNotFound", "Ready=False ReferenceNotFound"]);
    await clock.advance(29_999);
    expect(seen).toHaveLength(2);
    await clock.advance(1);
    expect(conditions()).toEqual(["Ready=True Succeeded"]);
    expect(await metric("controller_runtime_reconcile_total", { result: "requeue_after" })).toBe(2);
  });

  test("a terminal failure sets Stalled with a warning, and reconciles only after an edit or the recheck", async () => {
    const { clock, events, seen, start, apply, status, conditions, statusWrites, metric } = controllerHarness();
    start(async ({ object }) =>
      object.spec?.size === 2 ? DONE : Promise.reject(stalled("BucketNotOwned", "m", 3_600_000)),
    );
    apply(widget("a"));
    await clock.advance(3_599_000);
    expect(conditions()).toEqual(["Stalled=True BucketNotOwned", "Ready=False BucketNotOwned"]);
    expect(seen).toHaveLength(1);
    await clock.advance(1_000);
    expect(seen).toHaveLength(2);
    expect(statusWrites()).toHaveLength(1);
    apply({ ...widget("a"), spec: { size: 2 } });
    await settle();
    expect(conditions()).toEqual(["Ready=True Succeeded"]);
    expect(status()?.observedGeneration).toBe(2);
    expect(events.map(({ type, reason }) => `${type} ${reason}`)).toEqual([
      "Warning BucketNotOwned",
      "Normal Succeeded",
    ]);
    expect(await metric("controller_runtime_terminal_reconcile_errors_total")).toBe(2);
  });

  test("a failure is retried with backoff; a hundred failures make two writes, one event and a hundred log lines", async () => {
    const { clock, testLog, events, seen, start, apply, conditions, statusWrites } = controllerHarness();
    start(() => Promise.reject(new Denied(`request ${Math.random()}`)));
    apply(widget("a"));
    await clock.advance(299_999);
    expect(conditions()).toEqual(["Reconciling=True ProgressingWithRetry", "Ready=False AccessDenied"]);
    while (seen.length < 100) await clock.advance(60_000);
    expect(conditions()).toEqual(["Stalled=True AccessDenied", "Ready=False AccessDenied"]);
    expect(statusWrites()).toHaveLength(2);
    expect(events).toMatchObject([{ type: "Warning", reason: "AccessDenied", note: "s3:PutObject is missing" }]);
    expect(testLog.lines.filter(({ msg }) => /^Reconcile (failed|stalled)$/.test(String(msg)))).toHaveLength(100);
  });

  test("a recovery makes an event and resets the backoff", async () => {
    const { clock, events, seen, start, apply } = controllerHarness();
    let failing = true;
    start(() => (failing ? Promise.reject(new Denied()) : Promise.resolve(DONE)));
    apply(widget("a"));
    for (let i = 0; i < 20; i += 1) await clock.advance(60_000);
    failing = false;
    await clock.advance(300_000);
    expect(events.map(({ reason }) => reason)).toEqual(["AccessDenied", "Succeeded"]);
    failing = true;
    const before = seen.length;
    while (seen.length === before) await clock.advance(1_000);
    await clock.advance(10_000);
    expect(seen.length - before).toBeGreaterThanOrEqual(4);
  });

  test("retryAfterMs replaces the backoff, and zero does not make a hot loop", async () => {
    const { clock, start, apply } = controllerHarness();
    let asked = 0;
    const errorWith = (retryAfterMs: number) => errorOfStatus("get", 429, undefined, String(retryAfterMs / 1000));
    start(() => {
      asked += 1;
      return Promise.reject(asked === 1 ? errorWith(50_000) : errorWith(0));
    });
    apply(widget("a"));
    await clock.advance(49_999);
    expect(asked).toBe(1);
    await clock.advance(1);
    expect(asked).toBe(2);
    await clock.advance(999);
    expect(asked).toBe(2);
    await clock.advance(1);
    expect(asked).toBe(3);
  });

  test("a conflict is retried soon, without a status, an event or an error in the log", async () => {
    const { clock, testLog, events, start, apply, status, conditions, metric } = controllerHarness();
    let conflicts = 2;
    start(() => ((conflicts -= 1) >= 0 ? Promise.reject(refusal(409, "Conflict")) : Promise.resolve(DONE)));
    apply(widget("a"));
    await settle();
    expect(status()).toBeUndefined();
    await clock.advance(3_000);
    expect(conditions()).toEqual(["Ready=True Succeeded"]);
    expect(events).toHaveLength(1);
    expect(testLog.lines.filter(({ level }) => Number(level) >= 50)).toEqual([]);
    expect(await metric("controller_runtime_reconcile_total", { result: "requeue" })).toBe(2);
  });

  test("paused changes one condition only, and reconciles no more", async () => {
    const { clock, seen, start, apply, status, conditions } = controllerHarness();
    start(async ({ object }) => (object.metadata.annotations?.["paused"] ? { kind: "paused" } : DONE));
    apply(widget("a"));
    await settle();
    apply({ ...widget("a", { annotations: { paused: "true" } }), spec: { size: 2 } });
    await clock.advance(3_600_000);
    expect(conditions()).toEqual(["Ready=True Succeeded", "Paused=True Paused"]);
    expect(status()?.observedGeneration).toBe(1);
    expect(seen).toHaveLength(2);
    apply({ ...widget("a", {}), spec: { size: 2 } });
    await settle();
    expect(conditions()).toEqual(["Ready=True Succeeded"]);
    expect(status()?.observedGeneration).toBe(2);
  });

  test("released removes the finalizer and writes no status afterwards", async () => {
    const { clock, client, seen, start, apply } = controllerHarness();
    start(async (context) => {
      await context.removeFinalizer();
      return { kind: "released" };
    });
    apply(widget("a", { finalizers: [FINALIZER], deletionTimestamp: "2026-01-01T00:00:00Z" }));
    await clock.advance(3_600_000);
    expect(client.find(WIDGETS, key)).toBeUndefined();
    expect(client.calls.map(({ verb, subresource }) => [verb, subresource])).toEqual([["patch", undefined]]);
    expect(seen).toHaveLength(1);
  });

  test.each([[undefined], ["a string"], [null], [new TypeError("x is not a function")]])(
    "throwing %s is counted as a panic and reported in status, and other objects are still reconciled",
    async (thrown) => {
      const { start, apply, status, conditions, metric } = controllerHarness();
      start(({ key: { name } }) => {
        return name === "a" ? Promise.reject(thrown) : Promise.resolve(DONE);
      });
      apply(widget("a"));
      apply(widget("b"));
      await settle();
      expect(conditions()).toContain("Ready=False InternalError");
      expect(status("b")?.observedGeneration).toBe(1);
      expect(await metric("controller_runtime_reconcile_panics_total")).toBe(1);
      expect(await metric("controller_runtime_active_workers")).toBe(0);
    },
  );
});
