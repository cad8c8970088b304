import { beforeEach, describe, expect, test } from "vitest";
import { addFinalizer, removeFinalizer } from "./finalizers.ts";
import { createMemoryClient, refusal, type MemoryClient } from "./testing/memory-client.ts";
import { FINALIZER, WIDGETS, widget, type Widget } from "./testing/objects.ts";

let client: MemoryClient;
const { signal } = new AbortController();
beforeEach(() => {
  client = createMemoryClient();
});
const seed = (metadata: Partial<Widget["metadata"]>) => client.seed<Widget>(WIDGETS, widget("a", metadata));
const finalizers = () => client.find(WIDGETS, { namespace: "default", name: "a" })?.metadata.finalizers;

describe("adding", () => {
  test("keeps the others' and names the version that it read", async () => {
    const object = seed({ finalizers: ["other/one"] });
    const answer = await addFinalizer(client, WIDGETS, object, FINALIZER, signal);
    expect(answer.metadata.finalizers).toEqual(["other/one", FINALIZER]);
    expect(client.calls[0]?.body).toMatchObject({ metadata: { resourceVersion: object.metadata.resourceVersion } });
  });

  test("does nothing when it is there, or when the object is being deleted", async () => {
    const having = seed({ finalizers: [FINALIZER] });
    expect(await addFinalizer(client, WIDGETS, having, FINALIZER, signal)).toBe(having);
    const deleting = seed({ finalizers: ["other/one"], deletionTimestamp: "2026-01-01T00:00:00Z" });
    expect(await addFinalizer(client, WIDGETS, deleting, FINALIZER, signal)).toBe(deleting);
    expect(client.calls).toEqual([]);
  });

  test("fails with a conflict when the object has changed, and loses nobody's finalizer", async () => {
    const stale = seed({});
    seed({ finalizers: ["other/late"] });
    await expect(addFinalizer(client, WIDGETS, stale, FINALIZER, signal)).rejects.toMatchObject({ status: 409 });
    expect(finalizers()).toEqual(["other/late"]);
  });
});

describe("removing", () => {
  const deletionTimestamp = "2026-01-01T00:00:00Z";

  test("takes away ours only", async () => {
    const object = seed({ finalizers: ["other/one", FINALIZER], deletionTimestamp });
    const left = await removeFinalizer(client, WIDGETS, object, FINALIZER, signal);
    expect(left?.metadata.finalizers).toEqual(["other/one"]);
  });

  test("after a conflict reads anew and keeps what others added meanwhile", async () => {
    const stale = seed({ finalizers: [FINALIZER], deletionTimestamp });
    seed({ finalizers: [FINALIZER, "other/late"], deletionTimestamp });
    await removeFinalizer(client, WIDGETS, stale, FINALIZER, signal);
    expect(finalizers()).toEqual(["other/late"]);
  });

  test("a gone object is as good", async () => {
    const object = widget("a", { finalizers: [FINALIZER], deletionTimestamp });
    expect(await removeFinalizer(client, WIDGETS, object, FINALIZER, signal)).toBeUndefined();
  });

  test("of an object whose deletion is not known any more, as after a restore of etcd, is a conflict", async () => {
    const stale = seed({ finalizers: [FINALIZER], deletionTimestamp });
    client.seed(WIDGETS, widget("a", { uid: stale.metadata.uid ?? "", finalizers: [FINALIZER] }));
    await expect(removeFinalizer(client, WIDGETS, stale, FINALIZER, signal)).rejects.toMatchObject({ status: 409 });
    expect(finalizers()).toEqual([FINALIZER]);
  });

  test("another object of the same name keeps its finalizer, whatever its version", async () => {
    client.seed(WIDGETS, widget("a", { uid: "new", finalizers: [FINALIZER] }));
    const { resourceVersion = "" } = client.find(WIDGETS, { namespace: "default", name: "a" })?.metadata ?? {};
    const old = widget("a", { uid: "old", resourceVersion, finalizers: [FINALIZER], deletionTimestamp });
    expect(await removeFinalizer(client, WIDGETS, old, FINALIZER, signal)).toBeUndefined();
    expect(finalizers()).toEqual([FINALIZER]);
  });

  test("a lost answer is found out at the next try", async () => {
    const object = seed({ finalizers: [FINALIZER, "other/one"], deletionTimestamp });
    client.interfere = () => Promise.resolve("lost");
    await expect(removeFinalizer(client, WIDGETS, object, FINALIZER, signal)).rejects.toMatchObject({ status: 0 });
    client.interfere = undefined;
    await removeFinalizer(client, WIDGETS, object, FINALIZER, signal);
    expect(finalizers()).toEqual(["other/one"]);
  });

  test("gives up after conflict upon conflict", async () => {
    const object = seed({ finalizers: [FINALIZER], deletionTimestamp });
    client.interfere = ({ verb }) => {
      if (verb === "patch") throw refusal(409, "Conflict");
    };
    await expect(removeFinalizer(client, WIDGETS, object, FINALIZER, signal)).rejects.toMatchObject({ status: 409 });
    expect(client.calls.filter(({ verb }) => verb === "patch")).toHaveLength(6);
  });
});
