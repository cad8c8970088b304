import { describe, expect, test } from "vitest";
import { controllerHarness, DONE, key } from "./testing/controller-harness.ts";
import { settle } from "./testing/manual-clock.ts";
import { refusal, type MemoryClient } from "./testing/memory-client.ts";
import { FINALIZER, widget, WIDGETS, type Widget } from "./testing/objects.ts";

describe("a store that is behind the API server", () => {
  const deletionTimestamp = "2026-01-01T00:00:00Z";

  /** Replaces the object at the API server without a watch event. */
  function meanwhile(client: MemoryClient, metadata: Partial<Widget["metadata"]>) {
    client.remove(WIDGETS, key);
    client.seed(WIDGETS, widget("a", metadata));
  }

  test("a status is never written to another object of the same name, and that object is reconciled", async () => {
    const { client, seen, start, apply, status, statusWrites } = controllerHarness();
    let first = true;
    start(async ({ status: draft, object }) => {
      if (first) meanwhile(client, { uid: "another" });
      first = false;
      draft.size = object.metadata.uid === "another" ? 2 : 1;
      return DONE;
    });
    apply(widget("a"));
    await settle();
    expect(seen).toHaveLength(2);
    expect(client.find(WIDGETS, key)?.metadata.uid).toBe("another");
    expect(status()).toMatchObject({ size: 2 });
    expect(statusWrites()).toHaveLength(2);
  });

  test("an edit during the reconcile costs a second write, and no second reconcile", async () => {
    const { client, seen, start, apply, conditions, statusWrites } = controllerHarness();
    let first = true;
    start(async ({ object }) => {
      if (first) client.seed(WIDGETS, { ...object, metadata: { ...object.metadata, labels: { by: "another" } } });
      first = false;
      return DONE;
    });
    apply(widget("a"));
    await settle();
    expect(conditions()).toEqual(["Ready=True Succeeded"]);
    expect(seen).toHaveLength(1);
    expect(statusWrites()).toHaveLength(2);
  });

  test("an object that is gone is dropped at the first refusal", async () => {
    const { clock, client, store, seen, start, apply } = controllerHarness();
    start(async () => {
      client.remove(WIDGETS, key);
      return DONE;
    });
    apply(widget("a"));
    await clock.advance(600_000);
    expect(seen).toHaveLength(1);
    expect(store.list()).toEqual([]);
  });

  test.each<[string, Partial<Widget["metadata"]> | undefined]>([
    ["gone", undefined],
    ["another object", { uid: "another", finalizers: [FINALIZER] }],
    ["no longer being deleted", { finalizers: [FINALIZER] }],
    ["edited", { finalizers: [FINALIZER], deletionTimestamp, generation: 2 }],
    ["annotated differently", { finalizers: [FINALIZER], deletionTimestamp, annotations: { confirmed: "no" } }],
  ])("a destructive step is not taken for an object that is %s", async (_, live) => {
    const { clock, client, start, apply } = controllerHarness();
    let destroyed = false;
    let runs = 0;
    start(async ({ ensureCurrent }) => {
      runs += 1;
      if (runs > 1) return DONE;
      if (live === undefined) client.remove(WIDGETS, key);
      else meanwhile(client, live);
      await ensureCurrent();
      destroyed = true;
      return DONE;
    });
    apply(widget("a", { finalizers: [FINALIZER], deletionTimestamp }));
    await clock.advance(10_000);
    expect(destroyed).toBe(false);
    // An object that exists is reconciled for its change, which replaces the retry.
    expect(runs).toBe(live === undefined ? 1 : 2);
  });

  test("a destructive step is taken for an object that is unchanged", async () => {
    const { start, apply } = controllerHarness();
    let steps = 0;
    start(async ({ ensureCurrent, status: draft, progress }) => {
      await ensureCurrent();
      draft.size = 1;
      await progress("Emptying", "m");
      await ensureCurrent();
      steps += 1;
      return DONE;
    });
    apply(widget("a", { finalizers: [FINALIZER], deletionTimestamp }));
    await settle();
    expect(steps).toBe(1);
  });

  test("a destructive step waits until the object can be read", async () => {
    const { clock, start, apply } = controllerHarness();
    let steps = 0;
    let reads = 0;
    const beforeRefresh = () => ((reads += 1) === 1 ? Promise.reject(refusal(503, "ServiceUnavailable")) : undefined);
    start(
      async ({ ensureCurrent }) => {
        await ensureCurrent();
        steps += 1;
        return DONE;
      },
      { beforeRefresh },
    );
    apply(widget("a"));
    await settle();
    expect(steps).toBe(0);
    await clock.advance(10_000);
    expect(steps).toBe(1);
  });
});
