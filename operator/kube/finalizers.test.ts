import { beforeEach, describe, expect, test } from "vitest";
import { addFinalizer, removeFinalizer } from "./finalizers.ts";
import { createMemoryClient, refusal, type MemoryClient } from "./testing/memory-client.ts";
import { FINALIZER, widget, WIDGETS, type Widget } from "./testing/objects.ts";

let client: MemoryClient;
const { signal } = new AbortController();
beforeEach(() => {
  client = createMemoryClient();
});
const seed = (metadata: Partial<Widget["metadata"]>) => client.seed<Widget>(WIDGETS, widget("a", metadata));
const finalizers = () => client.find(WIDGETS, { namespace: "default", name: "a" })?.metadata.finalizers;

describe("adding a finalizer", () => {
  test("keeps other finalizers, and sends the resourceVersion that was read", async () => {
    const object = seed({ finalizers: ["other/one"] });
    const answer = await addFinalizer(client, WIDGETS, object, FINALIZER, signal);
    expect(answer.metadata.finalizers).toEqual(["other/one", FINALIZER]);
    expect(client.calls[0]?.body).toMatchObject({ metadata: { resourceVersion: object.metadata.resourceVersion } });
  });

  test("does nothing if it is present, or if the object is being deleted", async () => {
    const having = seed({ finalizers: [FINALIZER] });
    expect(await addFinalizer(client, WIDGETS, having, FINALIZER, signal)).toBe(having);
    const deleting = seed({ finalizers: ["other/one"], deletionTimestamp: "2026-01-01T00:00:00Z" });
    expect(await addFinalizer(client, WIDGETS, deleting, FINALIZER, signal)).toBe(deleting);
    expect(client.calls).toEqual([]);
  });

  test("fails with a conflict if the object has changed, and removes no other finalizer", async () => {
    const stale = seed({});
    seed({ finalizers: ["other/late"] });
    await expect(addFinalizer(client, WIDGETS, stale, FINALIZER, signal)).rejects.toMatchObject({ status: 409 });
    expect(finalizers()).toEqual(["other/late"]);
  });
});

describe("removing a finalizer", () => {
  const deletionTimestamp = "2026-01-01T00:00:00Z";

  test("keeps other finalizers", async () => {
    const object = seed({ finalizers: ["other/one", FINALIZER], deletionTimestamp });
    const left = await removeFinalizer(client, WIDGETS, object, FINALIZER, signal);
    expect(left?.metadata.finalizers).toEqual(["other/one"]);
  });

  test("reads again after a conflict, and keeps finalizers that were added meanwhile", async () => {
    const stale = seed({ finalizers: [FINALIZER], deletionTimestamp });
    seed({ finalizers: [FINALIZER, "other/late"], deletionTimestamp });
    await removeFinalizer(client, WIDGETS, stale, FINALIZER, signal);
    expect(finalizers()).toEqual(["other/late"]);
  });

  test("succeeds if the object is gone", async () => {
    const object = widget("a", { finalizers: [FINALIZER], deletionTimestamp });
    expect(await removeFinalizer(client, WIDGETS, object, FINALIZER, signal)).toBeUndefined();
  });

  test("is a conflict if the object is not being deleted, as after a restore of etcd", async () => {
    const stale = seed({ finalizers: [FINALIZER], deletionTimestamp });
    client.seed(WIDGETS, widget("a", { uid: stale.metadata.uid ?? "", finalizers: [FINALIZER] }));
    await expect(removeFinalizer(client, WIDGETS, stale, FINALIZER, signal)).rejects.toMatchObject({ status: 409 });
    expect(finalizers()).toEqual([FINALIZER]);
  });

  test("takes it from an object that is not being deleted only if that is asked for", async () => {
    const object = seed({ finalizers: ["other/one", FINALIZER] });
    await removeFinalizer(client, WIDGETS, object, FINALIZER, signal, { evenIfLive: true });
    expect(finalizers()).toEqual(["other/one"]);
  });

  test("does not change another object of the same name", async () => {
    client.seed(WIDGETS, widget("a", { uid: "new", finalizers: [FINALIZER] }));
    const { resourceVersion = "" } = client.find(WIDGETS, { namespace: "default", name: "a" })?.metadata ?? {};
    const old = widget("a", { uid: "old", resourceVersion, finalizers: [FINALIZER], deletionTimestamp });
    expect(await removeFinalizer(client, WIDGETS, old, FINALIZER, signal)).toBeUndefined();
    expect(finalizers()).toEqual([FINALIZER]);
  });

  test("succeeds on retry after a lost response", async () => {
    const object = seed({ finalizers: [FINALIZER, "other/one"], deletionTimestamp });
    client.interfere = () => Promise.resolve("lost");
    await expect(removeFinalizer(client, WIDGETS, object, FINALIZER, signal)).rejects.toMatchObject({ status: 0 });
    client.interfere = undefined;
    await removeFinalizer(client, WIDGETS, object, FINALIZER, signal);
    expect(finalizers()).toEqual(["other/one"]);
  });

  test("fails after too many conflicts", async () => {
    const object = seed({ finalizers: [FINALIZER], deletionTimestamp });
    client.interfere = ({ verb }) => {
      if (verb === "patch") throw refusal(409, "Conflict");
    };
    await expect(removeFinalizer(client, WIDGETS, object, FINALIZER, signal)).rejects.toMatchObject({ status: 409 });
    expect(client.calls.filter(({ verb }) => verb === "patch")).toHaveLength(6);
  });
});
