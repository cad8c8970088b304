import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createKubeClient, type KubeClient } from "./client.ts";
import type { ObjectKey } from "./object.ts";
import { createReflector, type OnChange, type Reflector, type ReflectorOptions } from "./reflector.ts";
import { createTestLog, type TestLog } from "./testing/log.ts";
import { eventually } from "./testing/eventually.ts";
import { createManualClock, settle, type ManualClock } from "./testing/manual-clock.ts";
import {
  answer,
  hang,
  line,
  refuse,
  reset,
  startMisbehavingServer,
  stream,
  type Behaviour,
  type MisbehavingServer,
} from "./testing/misbehaving-server.ts";
import { testMetrics, WIDGETS, widget, type Widget } from "./testing/objects.ts";

let server: MisbehavingServer;
let clock: ManualClock;
let client: KubeClient;
let testLog: TestLog;
let reflector: Reflector<Widget>;
let stop: AbortController;
let running: Promise<void> | undefined;
/** Changes reported, as "type name". */
let reported: string[];
let onChange: OnChange<Widget>;

beforeEach(async () => {
  server = await startMisbehavingServer();
  clock = createManualClock();
  testLog = createTestLog();
  client = createKubeClient(server.kubeConfig, { userAgent: "test", clock, metrics: testMetrics() });
  stop = new AbortController();
  reported = [];
  onChange = (type, object) => void reported.push(`${type} ${object.metadata.name}`);
});
afterEach(async () => {
  stop.abort();
  await running;
  await client.close();
  await server.close();
  running = undefined;
});

function start(options: Partial<ReflectorOptions<Widget>> = {}) {
  reflector = createReflector<Widget>({
    client,
    resource: WIDGETS,
    onChange: (...change) => onChange(...change),
    clock,
    random: () => 0,
    log: testLog.log,
    metrics: testMetrics(),
    ...options,
  });
  running = reflector.run(stop.signal);
}

const failures = () => testLog.lines.filter(({ msg }) => msg === "Watch failed, trying again").length;
const watching = (count = 1) => eventually(() => expect(server.openWatches()).toBe(count));
const names = () => reflector.store.list().map(({ metadata }) => metadata.name);
/** Resolves once the reflector has failed `count` times and waits for its next try. */
async function failed(count: number) {
  await eventually(() => expect(failures()).toBe(count));
  await settle();
}
const add = (name: string, metadata: Partial<Widget["metadata"]> = {}) =>
  server.change("ADDED", widget(name, metadata));
const get = (key: ObjectKey) => reflector.store.get(key);

describe("the good case", () => {
  test("lists, is synced, and then follows the watch", async () => {
    add("a");
    start();
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
      timeoutSeconds: "300",
    });
  });

  test("pages: follows continue, and stores nothing of a list until it is complete", async () => {
    const page = (name: string, next?: string) =>
      answer(200, { metadata: { resourceVersion: "100", continue: next }, items: [widget(name)] });
    const { promise, resolve } = Promise.withResolvers<void>();
    server.onList.push(page("a", "page-2"), (response, request) => {
      void promise.then(() => page("b")(response, request));
    });
    start();
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

  test("bookmarks and events move the version from which the next watch goes on", async () => {
    server.onWatch.push(stream(line("ADDED", widget("a", { resourceVersion: "105" })), { end: true }));
    server.onWatch.push(stream(line("BOOKMARK", { metadata: { resourceVersion: "205" } }), { end: true }));
    start();
    await watching();
    expect(server.watches().map(({ query }) => query.get("resourceVersion"))).toEqual(["100", "105", "205"]);
    expect(server.lists()).toHaveLength(1);
    expect(failures()).toBe(0);
    expect(names()).toEqual(["a"]);
  });

  test("several namespaces share a store, and synced waits for all of them", async () => {
    add("a", { namespace: "one" });
    add("b", { namespace: "two" });
    add("c", { namespace: "three" });
    server.onList.push(hang);
    start({ namespaces: ["one", "two"] });
    await watching(1);
    expect(reflector.hasSynced()).toBe(false);
    await clock.advance(30_000);
    await failed(1);
    await clock.advance(1_000);
    await reflector.synced;
    expect(names().sort()).toEqual(["a", "b"]);
  });

  test("a label selector is asked for, and managedFields are not kept", async () => {
    server.objects.set("a", widget("a", { managedFields: [{}] } as Partial<Widget["metadata"]>));
    start({ labelSelector: "shard=1" });
    await watching();
    expect(server.lists()[0]?.query.get("labelSelector")).toBe("shard=1");
    expect(server.watches()[0]?.query.get("labelSelector")).toBe("shard=1");
    expect(get({ namespace: "default", name: "a" })?.metadata).not.toHaveProperty("managedFields");
  });
});

describe("never gives up", () => {
  test.each<[string, Behaviour]>([
    ["403", refuse(403, "Forbidden")],
    ["404", refuse(404, "NotFound")],
    ["500", refuse(500, "InternalError")],
    ["401", refuse(401, "Unauthorized")],
    ["a reset", reset],
    ["a page of HTML", answer(200, "<html></html>")],
  ])("%s on list, then on watch", async (_, behaviour) => {
    add("a");
    server.onList.push(behaviour, behaviour);
    server.onWatch.push(behaviour, behaviour);
    start();
    for (let count = 1; count <= 4; count += 1) {
      await failed(count);
      await clock.advance(30_000);
    }
    await watching();
    add("b");
    await eventually(() => expect(names()).toEqual(["a", "b"]));
    expect(reported).toEqual(["added a", "added b"]);
  });

  test("waits longer each time, up to 30 s, and starts over after two quiet minutes", async () => {
    // With no luck, half of 0.8 s doubling to 30 s.
    const waits = [400, 800, 1_600, 3_200, 6_400, 12_800, 15_000, 15_000];
    server.onList.push(...waits.map(() => refuse(500, "InternalError")));
    start();
    for (const [index, wait] of waits.entries()) {
      await failed(index + 1);
      await clock.advance(wait - 1);
      expect(server.lists()).toHaveLength(index + 1);
      await clock.advance(1);
      await eventually(() => expect(server.lists()).toHaveLength(index + 2));
    }
    await watching();
    await clock.advance(121_000);
    server.emit(line("ERROR", { code: 500 }));
    await failed(9);
    await clock.advance(400);
    await watching();
    expect(server.watches()).toHaveLength(2);
  });

  test("429: waits as long as it is told to", async () => {
    server.onList.push(refuse(429, "TooManyRequests", { "retry-after": "20" }));
    start();
    await failed(1);
    await clock.advance(19_999);
    expect(server.lists()).toHaveLength(1);
    await clock.advance(1);
    await watching();
    expect(server.lists()).toHaveLength(2);
  });

  test("a list that hangs is left after 30 s", async () => {
    server.onList.push(hang);
    start();
    await eventually(() => expect(server.lists()).toHaveLength(1));
    await clock.advance(30_000);
    await failed(1);
    await clock.advance(1_000);
    await watching();
  });

  test("a connection that is reset amid a watch: lists again, as the server may have been restored meanwhile", async () => {
    server.onWatch.push((response) => {
      response.writeHead(200);
      response.write(line("ADDED", widget("a", { resourceVersion: "105" })));
      setImmediate(() => response.socket?.resetAndDestroy());
    });
    start();
    await failed(1);
    await clock.advance(1_000);
    await watching();
    expect(server.lists()).toHaveLength(2);
    expect(names()).toEqual([]);
  });

  test("silence: after 150 s without even a bookmark it lists and watches anew", async () => {
    start();
    await watching();
    await clock.advance(140_000);
    server.resourceVersion = 150;
    server.emit(line("BOOKMARK", { metadata: { resourceVersion: "150" } }));
    await eventually(() => expect(reflector.secondsSinceLastEvent()).toBe(0));
    await clock.advance(149_999);
    expect(failures()).toBe(0);
    expect(reflector.secondsSinceLastEvent()).toBeCloseTo(150, 1);
    await clock.advance(1);
    await failed(1);
    await clock.advance(1_000);
    await watching();
    expect(server.watches()[1]?.query.get("resourceVersion")).toBe("150");
    expect(server.lists()).toHaveLength(2);
  });

  test("a server that forgets to end a watch, though it sends bookmarks", async () => {
    start();
    await watching();
    for (let minute = 1; minute <= 6; minute += 1) {
      await clock.advance(60_000);
      if (server.watches().length > 1) break;
      server.emit(line("BOOKMARK", { metadata: { resourceVersion: String(200 + minute) } }));
      await eventually(() => expect(reflector.secondsSinceLastEvent()).toBe(0));
    }
    await eventually(() => expect(server.watches()).toHaveLength(2));
    expect(failures()).toBe(0);
  });

  test("a watch that ends at once without an event is a failure, not a hot loop", async () => {
    server.onWatch.push(stream("", { end: true }));
    start();
    await failed(1);
    expect(server.watches()).toHaveLength(1);
    await clock.advance(1_000);
    await watching();
  });

  test("an expired token: the next try has the new one", async () => {
    server.onWatch.push((response, request) => {
      server.kubeConfig.users[0] = { name: "test", token: "token-2" };
      refuse(401, "Unauthorized")(response, request);
    });
    start();
    await failed(1);
    await clock.advance(1_000);
    await watching();
    expect(server.watches().map(({ headers }) => headers.authorization)).toEqual(["Bearer token-1", "Bearer token-2"]);
  });

  test("credentials that cannot be read at a reconnect do not end the process or the watch", async () => {
    let readable = true;
    server.kubeConfig.users[0] = { name: "test", authProvider: { name: "odd", config: {} } };
    server.kubeConfig.addAuthenticator({
      isAuthProvider: () => true,
      applyAuthentication: () => (readable ? Promise.resolve() : Promise.reject(new Error("no token"))),
    });
    server.onWatch.push((response) => {
      readable = false;
      response.socket?.resetAndDestroy();
    });
    start();
    await failed(1);
    await clock.advance(1_000);
    await failed(2);
    readable = true;
    await clock.advance(5_000);
    await watching();
  });

  test("a handler that throws is logged, and the others' changes come all the same", async () => {
    onChange = (type, object) => {
      reported.push(`${type} ${object.metadata.name}`);
      throw new Error("handler");
    };
    add("a");
    start();
    await watching();
    add("b");
    await eventually(() => expect(reported).toEqual(["added a", "added b"]));
    expect(testLog.lines.filter(({ msg }) => msg === "Change handler threw")).toHaveLength(2);
    expect(failures()).toBe(0);
  });
});

describe("410 Gone", () => {
  const gone = line("ERROR", { kind: "Status", code: 410, reason: "Expired", message: "too old resource version" });

  test.each<[string, Behaviour]>([
    ["as the watch's status", refuse(410, "Expired")],
    ["as an ERROR event", stream(gone)],
  ])("%s: lists at once, and reports deletions that were missed", async (_, behaviour) => {
    add("a");
    add("b");
    server.onWatch.push((response, request) => {
      server.objects.delete("default/b");
      server.resourceVersion += 1;
      behaviour(response, request);
    });
    start();
    await watching();
    expect(server.lists()).toHaveLength(2);
    expect(reported).toEqual(["added a", "added b", "deleted b"]);
    expect(names()).toEqual(["a"]);
  });

  test("again and again: with a pause", async () => {
    server.onWatch.push(refuse(410, "Expired"), refuse(410, "Expired"));
    start();
    await failed(2);
    expect(server.lists()).toHaveLength(2);
    await clock.advance(2_000);
    await watching();
    expect(server.lists()).toHaveLength(3);
  });

  test("for a continue token: lists from the start", async () => {
    server.onList.push(
      answer(200, { metadata: { resourceVersion: "100", continue: "page-2" }, items: [widget("stale")] }),
      refuse(410, "Expired"),
    );
    add("a");
    start();
    await watching();
    expect(server.lists().map(({ query }) => query.get("continue"))).toEqual([null, "page-2", null]);
    expect(names()).toEqual(["a"]);
  });

  test("an ERROR event with another code ends the watch too", async () => {
    server.onWatch.push(stream(line("ERROR", { kind: "Status", code: 500, reason: "InternalError" })));
    start();
    await failed(1);
    await clock.advance(1_000);
    await watching();
    expect(server.lists()).toHaveLength(1);
  });
});

describe("broken streams", () => {
  test("events cut anywhere, even within a character, are put together again", async () => {
    const text = Buffer.from(line("ADDED", widget("a", { resourceVersion: "105", labels: { note: "grün €" } })));
    server.onWatch.push((response) => {
      response.writeHead(200);
      let sent = 0;
      const next = () => {
        if (sent >= text.length) return;
        response.write(text.subarray(sent, (sent += 1)));
        setImmediate(next);
      };
      next();
    });
    start();
    await eventually(() => expect(names()).toEqual(["a"]));
    expect(get({ namespace: "default", name: "a" })?.metadata.labels).toEqual({ note: "grün €" });
  });

  test.each([
    ["a line that is not JSON", '{"type":"ADDED","obj\n'],
    ["an event without an object", '{"type":"ADDED"}\n'],
    ["an event without a version", line("MODIFIED", { metadata: { name: "a" } })],
  ])("%s may have been anything: lists again", async (_, text) => {
    server.onWatch.push(stream(text));
    start();
    await failed(1);
    add("a");
    await clock.advance(1_000);
    await watching();
    expect(server.lists()).toHaveLength(2);
    expect(names()).toEqual(["a"]);
  });

  test("a stream that ends amid an event: the same", async () => {
    server.onWatch.push(stream('{"type":"ADD', { end: true }));
    start();
    await failed(1);
    await clock.advance(1_000);
    await watching();
    expect(server.lists()).toHaveLength(2);
  });
});

describe("what a list finds", () => {
  test("from time to time a list finds what events missed", async () => {
    add("a");
    server.onWatch.push(stream(line("BOOKMARK", { metadata: { resourceVersion: "150" } })));
    start();
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

  test("an object that was deleted and made anew under its name is reported as both", async () => {
    add("a");
    start();
    await watching();
    server.change("MODIFIED", widget("a", { uid: "another" }));
    await eventually(() => expect(reported).toEqual(["added a", "deleted a", "added a"]));
  });
});

describe("an API server that went back to an older state", () => {
  /** As after a restore of etcd from a backup, with the connections cut. */
  async function restore() {
    server.resourceVersion = 80;
    server.objects.clear();
    server.objects.set("default/a", widget("a", { resourceVersion: "70", generation: 1 }));
    server.cutWatches();
    await failed(1);
    await clock.advance(1_000);
    await watching();
  }

  test("is believed at once, and others are told", async () => {
    let rewinds = 0;
    start({ onRewind: () => void (rewinds += 1) });
    await watching();
    add("b");
    server.change("MODIFIED", widget("a", { generation: 2 }));
    await eventually(() => expect(reported).toHaveLength(2));
    await restore();
    expect(names()).toEqual(["a"]);
    expect(get({ namespace: "default", name: "a" })?.metadata).toMatchObject({ generation: 1, resourceVersion: "70" });
    expect(rewinds).toBe(1);
    expect(testLog.lines.map(({ msg }) => msg)).toContain(
      "The API server went back to an older state, which is accepted",
    );
    server.change("MODIFIED", widget("a", { generation: 2 }));
    await eventually(() => expect(reported.at(-1)).toBe("modified a"));
  });

  test("and so are answers to our own writes forgotten", async () => {
    add("a");
    start();
    await watching();
    reflector.store.remember(widget("a", { resourceVersion: "300", generation: 2 }));
    await restore();
    expect(get({ namespace: "default", name: "a" })?.metadata.resourceVersion).toBe("70");
  });

  test("is found by a look at one object too, which leads to a list of all", async () => {
    let rewinds = 0;
    const onRewind = () => {
      rewinds += 1;
      reflector.relist();
    };
    add("a");
    add("b");
    start({ onRewind });
    await watching();
    server.resourceVersion = 80;
    server.objects.clear();
    expect(await reflector.refresh({ namespace: "default", name: "a" }, stop.signal)).toBeUndefined();
    await eventually(() => expect(server.watches()).toHaveLength(2));
    expect(names()).toEqual([]);
    expect(rewinds).toBe(1);
  });

  test("a list that was under way while we wrote is no older state", async () => {
    add("a");
    server.onList.push((response, request) => {
      reflector.store.remember(widget("a", { resourceVersion: "300" }));
      answer(200, { metadata: { resourceVersion: "101" }, items: [widget("a")] })(response, request);
    });
    start();
    await watching();
    expect(testLog.lines).toEqual([]);
  });
});

describe("a look at one object", () => {
  const key = { namespace: "default", name: "a" };

  test("finds what a silent watch does not tell", async () => {
    add("a");
    start({ labelSelector: "shard=1" });
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

  test("finds another object of that name", async () => {
    add("a");
    start();
    await watching();
    server.objects.set("default/a", widget("a", { resourceVersion: "150", uid: "another" }));
    await reflector.refresh(key, stop.signal);
    expect(reported).toEqual(["added a", "deleted a", "added a"]);
  });
});

test("a remembered answer is stripped like everything else", async () => {
  add("a");
  start();
  await watching();
  const managed = { resourceVersion: "200", managedFields: [{}] } as Partial<Widget["metadata"]>;
  reflector.store.remember(widget("a", managed));
  const kept = get({ namespace: "default", name: "a" })?.metadata;
  expect(kept?.resourceVersion).toBe("200");
  expect(kept).not.toHaveProperty("managedFields");
});

test("running it twice opens one watch", async () => {
  start();
  const again = reflector.run(stop.signal);
  await watching();
  add("a");
  await eventually(() => expect(reported).toEqual(["added a"]));
  expect(server.watches()).toHaveLength(1);
  stop.abort();
  await again;
});

describe("stopping", () => {
  test("ends the watch, and reports nothing more", async () => {
    start();
    await watching();
    stop.abort();
    await running;
    await watching(0);
    add("a");
    await settle();
    expect(reported).toEqual([]);
    expect(clock.timers()).toBe(0);
  });

  test.each<[string, () => void]>([
    ["while a list is under way", () => server.onList.push(hang)],
    ["while a watch is being opened", () => server.onWatch.push(hang)],
  ])("%s", async (_, prepare) => {
    prepare();
    start();
    await eventually(() => expect(server.onList.length + server.onWatch.length).toBe(0));
    stop.abort();
    await running;
    expect(clock.timers()).toBe(0);
  });

  test("during a pause", async () => {
    server.onList.push(refuse(500, "InternalError"));
    start();
    await failed(1);
    stop.abort();
    await running;
    expect(server.lists()).toHaveLength(1);
  });
});
