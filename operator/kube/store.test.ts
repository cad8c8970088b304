import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { createStore, type WatchedStore } from "./store.ts";
import { widget, type Widget } from "./testing/objects.ts";

let store: WatchedStore<Widget>;
beforeEach(() => {
  store = createStore();
});
const brief = (changes: ReturnType<typeof store.put>) =>
  changes.map(({ type, object, old }) => [type, object.metadata.resourceVersion, old?.metadata.resourceVersion]);
const current = (name: string) => store.get({ namespace: "default", name })?.metadata.resourceVersion;

test("reports additions, modifications and deletions, with the state reported before", () => {
  expect(brief(store.put(widget("a", { resourceVersion: "5" })))).toEqual([["added", "5", undefined]]);
  expect(brief(store.put(widget("a", { resourceVersion: "7" })))).toEqual([["modified", "7", "5"]]);
  expect(brief(store.remove(widget("a", { resourceVersion: "9" })))).toEqual([["deleted", "9", "7"]]);
  expect(store.list()).toEqual([]);
});

test("an equal state is not reported, and an older one is ignored", () => {
  store.put(widget("a", { resourceVersion: "100" }));
  expect(store.put(widget("a", { resourceVersion: "100" }))).toEqual([]);
  expect(store.put(widget("a", { resourceVersion: "99" }))).toEqual([]);
  expect(current("a")).toBe("100");
});

test("versions that are not integers are stored in the order of arrival", () => {
  store.put(widget("a", { resourceVersion: "b" }));
  expect(brief(store.put(widget("a", { resourceVersion: "a" })))).toEqual([["modified", "a", "b"]]);
});

test("another object of the same name is reported as a deletion and an addition", () => {
  store.put(widget("a", { resourceVersion: "5", uid: "one" }));
  expect(brief(store.put(widget("a", { resourceVersion: "9", uid: "two" })))).toEqual([
    ["deleted", "5", "5"],
    ["added", "9", undefined],
  ]);
  expect(store.remove(widget("a", { resourceVersion: "6", uid: "one" }))).toEqual([]);
  expect(current("a")).toBe("9");
});

test("a list reports changes and deletions in its own namespace only", () => {
  store.put(widget("gone", { resourceVersion: "1" }));
  store.put(widget("elsewhere", { namespace: "other", resourceVersion: "1" }));
  store.put(widget("same", { resourceVersion: "1" }));
  const changes = store.replace([widget("same", { resourceVersion: "1" }), widget("new")], { namespace: "default" });
  expect(changes.map(({ type, object }) => [type, object.metadata.name])).toEqual([
    ["added", "new"],
    ["deleted", "gone"],
  ]);
  expect(store.list()).toHaveLength(3);
});

describe("a list", () => {
  test("replaces newer objects: etcd was restored from a backup", () => {
    store.put(widget("a", { resourceVersion: "90", generation: 3 }));
    const changes = store.replace([widget("a", { resourceVersion: "40", generation: 2 })], { version: "50" });
    expect(brief(changes)).toEqual([["modified", "40", "90"]]);
    expect(current("a")).toBe("40");
    expect(brief(store.put(widget("a", { resourceVersion: "60" })))).toEqual([["modified", "60", "40"]]);
  });

  test("keeps remembered responses that are newer", () => {
    for (const name of ["newer", "older"]) store.put(widget(name, { resourceVersion: "10" }));
    store.remember(widget("newer", { resourceVersion: "70" }));
    store.remember(widget("older", { resourceVersion: "30" }));
    const listed = ["newer", "older"].map((name) => widget(name, { resourceVersion: "20" }));
    store.replace(listed, { version: "50" });
    expect([current("newer"), current("older")]).toEqual(["70", "20"]);
    store.replace(listed);
    expect(current("newer")).toBe("20");
  });

  test("replaces any earlier state of the store", () => {
    const object = fc.record({ name: fc.constantFrom("a", "b", "c"), version: fc.integer({ min: 1, max: 99 }) });
    const step = fc.tuple(fc.constantFrom("put" as const, "remove" as const, "remember" as const), object);
    fc.assert(
      fc.property(fc.array(step), fc.uniqueArray(object, { selector: ({ name }) => name }), (steps, listed) => {
        const some = createStore<Widget>();
        const make = ({ name, version }: { name: string; version: number }) =>
          widget(name, { resourceVersion: String(version) });
        for (const [verb, about] of steps) some[verb](make(about));
        some.replace(listed.map(make));
        const held = some.list().map(({ metadata }) => `${metadata.name} ${metadata.resourceVersion}`);
        expect(held.sort()).toEqual(listed.map(({ name, version }) => `${name} ${version}`).sort());
      }),
    );
  });
});

describe("a remembered response", () => {
  test("is visible at once, and not replaced by an older event", () => {
    store.put(widget("a", { resourceVersion: "9" }));
    store.remember(widget("a", { resourceVersion: "12" }));
    expect(current("a")).toBe("12");
    store.put(widget("a", { resourceVersion: "10" }));
    expect(current("a")).toBe("12");
    store.put(widget("a", { resourceVersion: "13" }));
    expect(current("a")).toBe("13");
  });

  test("does not hide an edit of the spec that it contains: its event is reported", () => {
    store.put(widget("a", { resourceVersion: "9", generation: 1 }));
    // The edit is version 10; the response of our status write after it is 11.
    store.remember(widget("a", { resourceVersion: "11", generation: 2 }));
    const [change] = store.put(widget("a", { resourceVersion: "10", generation: 2 }));
    expect([change?.old?.metadata.generation, change?.object.metadata.generation]).toEqual([1, 2]);
    expect(brief(store.put(widget("a", { resourceVersion: "11", generation: 2 })))).toEqual([["modified", "11", "10"]]);
  });

  test("does not restore a deleted object", () => {
    store.put(widget("a", { resourceVersion: "9" }));
    store.remove(widget("a", { resourceVersion: "11" }));
    store.remember(widget("a", { resourceVersion: "10" }));
    expect(current("a")).toBeUndefined();
  });

  test("with another uid is dropped", () => {
    store.put(widget("a", { resourceVersion: "9", uid: "two" }));
    store.remember(widget("a", { resourceVersion: "10", uid: "one" }));
    expect(current("a")).toBe("9");
  });

  test("older than the last event is dropped", () => {
    store.put(widget("a", { resourceVersion: "10" }));
    store.remember(widget("a", { resourceVersion: "9" }));
    expect(current("a")).toBe("10");
  });
});

test("objects are deeply frozen", () => {
  store.put(widget("a", {}, { spec: { size: 1 } }));
  const object = store.get({ namespace: "default", name: "a" });
  expect(() => {
    if (object?.spec) object.spec.size = 2;
  }).toThrow(TypeError);
});
