import { describe, expect, test } from "vitest";
import type { Outcome } from "./outcome.ts";
import { controllerHarness, Denied, DONE, key } from "./testing/controller-harness.ts";
import { settle } from "./testing/manual-clock.ts";
import { FINALIZER, widget, WIDGETS } from "./testing/objects.ts";

describe("context of a reconcile", () => {
  test("the context has a frozen object, so that the store cannot be changed through it", async () => {
    const { start, apply, conditions } = controllerHarness();
    start(async ({ object }) => {
      object.metadata.labels = {};
      return DONE;
    });
    apply(widget("a"));
    await settle();
    expect(conditions()).toContain("Ready=False InternalError");
  });

  test("the context adds the finalizer once", async () => {
    const { client, seen, start, apply } = controllerHarness();
    start(async ({ ensureFinalizer }) => {
      await ensureFinalizer();
      await ensureFinalizer();
      return DONE;
    });
    apply(widget("a"));
    await settle();
    expect(client.find(WIDGETS, key)?.metadata.finalizers).toEqual([FINALIZER]);
    expect(client.calls.filter(({ subresource }) => subresource === undefined)).toHaveLength(1);
    expect(seen).toHaveLength(1);
  });

  test("the context has a log that names the controller and the object", async () => {
    const { testLog, start, apply } = controllerHarness();
    start(async ({ log }) => {
      log.info("Observed");
      return DONE;
    });
    apply(widget("a"));
    await settle();
    expect(testLog.lines.find(({ msg }) => msg === "Observed")).toMatchObject({
      controller: "widget",
      controllerGroup: "example.org",
      controllerKind: "Widget",
      namespace: "default",
      name: "a",
      reconcileID: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    });
  });
});

describe("edit of an object", () => {
  test("an edit during a reconcile causes another one at once", async () => {
    const { seen, start, apply, status } = controllerHarness();
    const first = Promise.withResolvers<Outcome>();
    start(() => (seen.length === 1 ? first.promise : Promise.resolve(DONE)));
    apply(widget("a"));
    await settle();
    apply({ ...widget("a"), spec: { size: 2 } });
    await settle();
    expect(seen).toHaveLength(1);
    first.resolve(DONE);
    await settle();
    expect(seen).toHaveLength(2);
    expect(status()?.observedGeneration).toBe(2);
  });

  test("an edit is not lost when the response to our own status write contains it before its watch event", async () => {
    const { store, seen, start, tell, edit, apply, status } = controllerHarness();
    const first = Promise.withResolvers<Outcome>();
    start(() => (seen.length === 1 ? first.promise : Promise.resolve(DONE)));
    apply(widget("a"));
    await settle();
    // The edit reaches the server; the response to the status write contains it before the watch event arrives.
    const edited = edit({ ...widget("a"), spec: { size: 2 } });
    first.resolve(DONE);
    await settle();
    expect(store.get(key)?.spec?.size).toBe(2);
    tell(edited);
    await settle();
    expect(seen).toHaveLength(2);
    expect(status()?.observedGeneration).toBe(2);
  });

  test("an edit cuts a backoff short", async () => {
    const { clock, start, apply, conditions } = controllerHarness();
    start(({ object }) => (object.spec?.size === 2 ? Promise.resolve(DONE) : Promise.reject(new Denied())));
    apply(widget("a"));
    for (let i = 0; i < 20; i += 1) await clock.advance(60_000);
    apply({ ...widget("a"), spec: { size: 2 } });
    await settle();
    expect(conditions()).toEqual(["Ready=True Succeeded"]);
  });

  test("an edit is reconciled before resyncs", async () => {
    const { seen, start, apply } = controllerHarness();
    const gate = Promise.withResolvers<Outcome>();
    start(() => (seen.length === 1 ? gate.promise : Promise.resolve(DONE)), { concurrency: 1 });
    apply(widget("first"));
    for (let i = 0; i < 50; i += 1) apply(widget(`old-${i}`, {}, { status: { observedGeneration: 1 } }));
    apply(widget("new"));
    gate.resolve(DONE);
    await settle();
    expect(seen[1]).toBe("new");
    expect(seen).toHaveLength(52);
  });
});
