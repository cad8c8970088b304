import { describe, expect, test } from "vitest";
import { eventually } from "./testing/eventually.ts";
import { settle } from "./testing/manual-clock.ts";
import { answer, hang, line, refuse, stream } from "./testing/misbehaving-server.ts";
import { widget, type Widget } from "./testing/objects.ts";
import { reflectorHarness, type ReflectorHarness } from "./testing/reflector-harness.ts";

describe("list and watch", () => {
  test("a reflector lists, is synced, and then follows the watch", async () => {
    const { server, reported, start, watching, names, get, add } = await reflectorHarness();
    add("a");
    const reflector = start();
    expect(reflector.hasSynced()).toBe(false);
    await reflector.synced;
    expect(names()).toEqual(["a"]);
    await watching();
    add("b");
    server.change("MODIFIED", widget("a", { generation: 2 }));
    server.change("DELETED", widget("b"));
    await eventually(() => expect(reported).toEqual(["added a", "added b", "modified a", "deleted b"]));
    expect(get({ namespace: "default", name: "a" })?.metadata.generation).toBe(2);
    expect(Object.fromEntries(server.watches()[0]?.query ?? [])).toEqual({
      watch: "true",
      allowWatchBookmarks: "true",
      resourceVersion: "101",
      timeoutSeconds: "30",
    });
  });

  test("a reflector follows continue tokens, and stores nothing of a list until it is complete", async () => {
    const { server, reported, start, names } = await reflectorHarness();
    const page = (name: string, next?: string) =>
      answer(200, { metadata: { resourceVersion: "100", continue: next }, items: [widget(name)] });
    const { promise, resolve } = Promise.withResolvers<void>();
    server.onList.push(page("a", "page-2"), (response, request) => {
      void promise.then(() => page("b")(response, request));
    });
    const reflector = start();
    await eventually(() => expect(server.lists()).toHaveLength(2));
    expect(server.lists().map(({ query }) => [query.get("limit"), query.get("continue")])).toEqual([
      ["500", null],
      ["500", "page-2"],
    ]);
    expect(reported).toEqual([]);
    resolve();
    await reflector.synced;
    expect(names()).toEqual(["a", "b"]);
  });

  test("a reflector starts the next watch at the version of the last bookmark or event", async () => {
    const { server, start, failures, watching, names } = await reflectorHarness();
    server.onWatch.push(stream(line("ADDED", widget("a", { resourceVersion: "105" })), { end: true }));
    server.onWatch.push(stream(line("BOOKMARK", { metadata: { resourceVersion: "205" } }), { end: true }));
    start();
    await watching();
    expect(server.watches().map(({ query }) => query.get("resourceVersion"))).toEqual(["100", "105", "205"]);
    expect(server.lists()).toHaveLength(1);
    expect(failures()).toBe(0);
    expect(names()).toEqual(["a"]);
  });

  test("a reflector keeps several namespaces in one store, and is synced when all of them are", async () => {
    const { server, clock, start, failed, watching, names, add } = await reflectorHarness();
    add("a", { namespace: "one" });
    add("b", { namespace: "two" });
    add("c", { namespace: "three" });
    server.onList.push(hang);
    const reflector = start({ namespaces: ["one", "two"] });
    await watching(1);
    expect(reflector.hasSynced()).toBe(false);
    await clock.advance(30_000);
    await failed(1);
    await clock.advance(1_000);
    await reflector.synced;
    expect(names().sort()).toEqual(["a", "b"]);
  });

  test("a reflector sends the label selector, and drops managedFields", async () => {
    const { server, start, watching, get } = await reflectorHarness();
    server.objects.set("a", widget("a", { managedFields: [{}] }));
    start({ labelSelector: "shard=1" });
    await watching();
    expect(server.lists()[0]?.query.get("labelSelector")).toBe("shard=1");
    expect(server.watches()[0]?.query.get("labelSelector")).toBe("shard=1");
    expect(get({ namespace: "default", name: "a" })?.metadata).not.toHaveProperty("managedFields");
  });
});

describe("later lists", () => {
  test("a list from time to time finds what the events missed", async () => {
    const { server, clock, reported, start, names, add } = await reflectorHarness();
    add("a");
    server.onWatch.push(stream(line("BOOKMARK", { metadata: { resourceVersion: "150" } })));
    const reflector = start();
    await reflector.synced;
    server.objects.delete("default/a");
    server.objects.set("default/b", widget("b", { resourceVersion: "102" }));
    await eventually(async () => {
      await clock.advance(60_000);
      expect(server.lists().length).toBeGreaterThan(1);
    });
    await eventually(() => expect(names()).toEqual(["b"]));
    expect(clock.monotonic()).toBeLessThan(1_200_000);
    expect(reported).toEqual(["added a", "added b", "deleted a"]);
  });

  test("an object that was deleted and created again is reported as both", async () => {
    const { server, reported, start, watching, add } = await reflectorHarness();
    add("a");
    start();
    await watching();
    server.change("MODIFIED", widget("a", { uid: "another" }));
    await eventually(() => expect(reported).toEqual(["added a", "deleted a", "added a"]));
  });
});

describe("refresh", () => {
  const key = { namespace: "default", name: "a" };

  test("a refresh of one object finds a change for which no watch event came", async () => {
    const { server, stop, reported, start, watching, add } = await reflectorHarness();
    add("a");
    const reflector = start({ labelSelector: "shard=1" });
    await watching();
    server.objects.set("default/a", widget("a", { resourceVersion: "150", generation: 2 }));
    server.resourceVersion = 150;
    expect((await reflector.refresh(key, stop.signal))?.metadata.generation).toBe(2);
    expect(reported).toEqual(["added a", "modified a"]);
    expect(Object.fromEntries(server.lists().at(-1)?.query ?? [])).toEqual({
      fieldSelector: "metadata.name=a",
      labelSelector: "shard=1",
    });
    server.objects.clear();
    expect(await reflector.refresh(key, stop.signal)).toBeUndefined();
    expect(reported.at(-1)).toBe("deleted a");
  });

  test("a refresh of one object finds another object of the same name", async () => {
    const { server, stop, reported, start, watching, add } = await reflectorHarness();
    add("a");
    const reflector = start();
    await watching();
    server.objects.set("default/a", widget("a", { resourceVersion: "150", uid: "another" }));
    await reflector.refresh(key, stop.signal);
    expect(reported).toEqual(["added a", "deleted a", "added a"]);
  });
});

test("managedFields are dropped from a remembered response too", async () => {
  const { start, watching, get, add } = await reflectorHarness();
  add("a");
  const reflector = start();
  await watching();
  const managed = { resourceVersion: "200", managedFields: [{}] } as Partial<Widget["metadata"]>;
  reflector.store.remember(widget("a", managed));
  const kept = get({ namespace: "default", name: "a" })?.metadata;
  expect(kept?.resourceVersion).toBe("200");
  expect(kept).not.toHaveProperty("managedFields");
});

test("running a reflector twice opens one watch", async () => {
  const { server, stop, reported, start, watching, add } = await reflectorHarness();
  const reflector = start();
  const again = reflector.run(stop.signal);
  await watching();
  add("a");
  await eventually(() => expect(reported).toEqual(["added a"]));
  expect(server.watches()).toHaveLength(1);
  stop.abort();
  await again;
});

describe("stop", () => {
  test("a stop ends the watch and reports nothing more", async () => {
    const { clock, stop, reported, start, stopped, watching, add } = await reflectorHarness();
    start();
    await watching();
    stop.abort();
    await stopped();
    await watching(0);
    add("a");
    await settle();
    expect(reported).toEqual([]);
    expect(clock.timers()).toBe(0);
  });

  test.each<[string, (server: ReflectorHarness["server"]) => void]>([
    ["while a list is under way", ({ onList }) => onList.push(hang)],
    ["while a watch is being opened", ({ onWatch }) => onWatch.push(hang)],
  ])("a stop works %s", async (_, prepare) => {
    const { server, clock, stop, start, stopped } = await reflectorHarness();
    prepare(server);
    start();
    await eventually(() => expect(server.onList.length + server.onWatch.length).toBe(0));
    stop.abort();
    await stopped();
    expect(clock.timers()).toBe(0);
  });

  test("a stop works during a pause", async () => {
    const { server, stop, start, stopped, failed } = await reflectorHarness();
    server.onList.push(refuse(500, "InternalError"));
    start();
    await failed(1);
    stop.abort();
    await stopped();
    expect(server.lists()).toHaveLength(1);
  });
});
