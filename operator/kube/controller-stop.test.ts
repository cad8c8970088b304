import { describe, expect, test } from "vitest";
import { LeadLostError } from "./leader-election.ts";
import type { Outcome } from "./outcome.ts";
import type { ReconcileContext } from "./reconcile.ts";
import { controllerHarness, DONE } from "./testing/controller-harness.ts";
import { settle } from "./testing/manual-clock.ts";
import { widget, type Widget } from "./testing/objects.ts";

describe("deadline of a reconcile", () => {
  test("a reconcile past its deadline fails with DeadlineExceeded when it obeys its signal", async () => {
    const { clock, start, apply, conditions, metric } = controllerHarness();
    start(
      ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason as Error));
        }),
    );
    apply(widget("a"));
    await clock.advance(60_000);
    expect(conditions()).toEqual(["Reconciling=True ProgressingWithRetry", "Ready=False DeadlineExceeded"]);
    expect(await metric("controller_runtime_reconcile_timeouts_total")).toBe(1);
  });

  test("a reconcile past its deadline keeps its key locked until it ends when it ignores its signal, while other objects are reconciled", async () => {
    const { clock, client, events, seen, start, apply, status, conditions } = controllerHarness();
    const stuck = Promise.withResolvers<Outcome>();
    let late: ReconcileContext<Widget> | undefined;
    start(
      (context) => {
        if (context.key.name !== "a" || late !== undefined) return Promise.resolve(DONE);
        late = context;
        return stuck.promise;
      },
      { concurrency: 1 },
    );
    apply(widget("a"));
    await clock.advance(65_000);
    expect(conditions()).toEqual(["Reconciling=True ProgressingWithRetry", "Ready=False DeadlineExceeded"]);
    apply(widget("b"));
    apply(widget("a", { generation: 1 }, { spec: { size: 2 } }));
    await clock.advance(600_000);
    expect(seen.filter((name) => name === "a")).toHaveLength(1);
    expect(status("b")?.observedGeneration).toBe(1);

    const writesBefore = client.calls.length;
    await expect(late?.progress("Creating", "late")).rejects.toThrow("This reconcile has ended");
    late?.event({ type: "Normal", reason: "Late", action: "Reconcile", note: "" });
    expect(client.calls).toHaveLength(writesBefore);
    expect(events.map(({ reason }) => reason)).not.toContain("Late");

    stuck.resolve(DONE);
    await settle();
    expect(seen.filter((name) => name === "a")).toHaveLength(2);
    expect(conditions()).toEqual(["Ready=True Succeeded"]);
  });
});

describe("lost lead", () => {
  test("a lost lead ends all work at once and writes nothing more", async () => {
    const { clock, client, events, stop, start, stopped, apply } = controllerHarness();
    let aborted = 0;
    start(async ({ signal, progress }) => {
      signal.addEventListener("abort", () => void (aborted += 1));
      await new Promise((resolve) => setTimeout(resolve, 10));
      await progress("Creating", "m");
      return DONE;
    });
    apply(widget("a"));
    apply(widget("b"));
    await settle();
    stop.abort(new LeadLostError("lost"));
    await stopped();
    expect(aborted).toBe(2);
    expect(client.calls).toEqual([]);
    expect(events).toEqual([]);
    expect(clock.timers()).toBe(0);
  });

  test("a lost lead also aborts a status write", async () => {
    const { client, stop, start, stopped, apply, status } = controllerHarness();
    let ended = false;
    client.interfere = (_, signal) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener("abort", () => {
          ended = true;
          reject(signal.reason as Error);
        });
      });
    start(async () => DONE);
    apply(widget("a"));
    await settle();
    stop.abort(new LeadLostError("lost"));
    await stopped();
    expect(ended).toBe(true);
    expect(status()).toBeUndefined();
  });
});

describe("shutdown", () => {
  test("shutdown waits for running reconciles and starts no other", async () => {
    const { clock, stop, seen, start, stopped, apply, conditions } = controllerHarness();
    const work = Promise.withResolvers<Outcome>();
    start(() => work.promise, { concurrency: 1 });
    apply(widget("a"));
    apply(widget("b"));
    await settle();
    stop.abort();
    await clock.advance(10_000);
    work.resolve(DONE);
    await stopped();
    expect(conditions()).toEqual(["Ready=True Succeeded"]);
    expect(seen).toEqual(["a"]);
  });

  test("shutdown aborts running reconciles after the drain time, without a failure in status", async () => {
    const { clock, events, stop, start, stopped, apply, status } = controllerHarness();
    start(
      ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason as Error));
        }),
    );
    apply(widget("a"));
    await settle();
    stop.abort();
    await clock.advance(20_000);
    await stopped();
    expect(status()).toBeUndefined();
    expect(events).toEqual([]);
  });

  test("shutdown does not wait for a reconcile that never ends", async () => {
    const { clock, stop, start, stopped, apply, status } = controllerHarness();
    start(() => new Promise(() => {}));
    apply(widget("a"));
    await settle();
    stop.abort();
    await clock.advance(25_000);
    await stopped();
    expect(status()).toBeUndefined();
  });
});
