import { describe, expect, test } from "vitest";
import { eventually } from "./testing/eventually.ts";
import { answer, line, refuse, stream, type Behaviour } from "./testing/misbehaving-server.ts";
import { widget } from "./testing/objects.ts";
import { reflectorHarness, type ReflectorHarness } from "./testing/reflector-harness.ts";

describe("410 Gone and ERROR events", () => {
  const gone = line("ERROR", { kind: "Status", code: 410, reason: "Expired", message: "too old resource version" });

  test.each<[string, Behaviour]>([
    ["410 in response to a watch", refuse(410, "Expired")],
    ["410 in an ERROR event", stream(gone)],
  ])("%s causes a list at once, which reports missed deletions", async (_, behaviour) => {
    const { server, reported, start, watching, names, add } = await reflectorHarness();
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

  test("410 twice in a row causes a pause before the next list", async () => {
    const { server, clock, start, failed, watching } = await reflectorHarness();
    server.onWatch.push(refuse(410, "Expired"), refuse(410, "Expired"));
    start();
    await failed(2);
    expect(server.lists()).toHaveLength(2);
    await clock.advance(2_000);
    await watching();
    expect(server.lists()).toHaveLength(3);
  });

  test("410 for a continue token restarts the list", async () => {
    const { server, start, watching, names, add } = await reflectorHarness();
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
    const { server, clock, start, failed, watching } = await reflectorHarness();
    server.onWatch.push(stream(line("ERROR", { kind: "Status", code: 500, reason: "InternalError" })));
    start();
    await failed(1);
    await clock.advance(1_000);
    await watching();
    expect(server.lists()).toHaveLength(1);
  });
});

describe("broken streams", () => {
  test("events are joined from chunks that end anywhere, even within a character", async () => {
    const { server, start, names, get } = await reflectorHarness();
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
  ])("%s causes a new list", async (_, text) => {
    const { server, clock, start, failed, watching, names, add } = await reflectorHarness();
    server.onWatch.push(stream(text));
    start();
    await failed(1);
    add("a");
    await clock.advance(1_000);
    await watching();
    expect(server.lists()).toHaveLength(2);
    expect(names()).toEqual(["a"]);
  });

  test("a stream that ends within an event causes a new list", async () => {
    const { server, clock, start, failed, watching } = await reflectorHarness();
    server.onWatch.push(stream('{"type":"ADD', { end: true }));
    start();
    await failed(1);
    await clock.advance(1_000);
    await watching();
    expect(server.lists()).toHaveLength(2);
  });
});

describe("rewind of the API server", () => {
  /** Restores the server to an older state, as from a backup of etcd, and cuts its connections. */
  async function restore({ server, clock, failed, watching }: ReflectorHarness) {
    server.resourceVersion = 80;
    server.objects.clear();
    server.objects.set("default/a", widget("a", { resourceVersion: "70", generation: 1 }));
    server.cutWatches();
    await failed(1);
    await clock.advance(1_000);
    await watching();
  }

  test("an older state is believed at once, and onRewind is called", async () => {
    const harness = await reflectorHarness();
    const { server, testLog, reported, start, watching, names, get, add } = harness;
    let rewinds = 0;
    start({ onRewind: () => void (rewinds += 1) });
    await watching();
    add("b");
    server.change("MODIFIED", widget("a", { generation: 2 }));
    await eventually(() => expect(reported).toHaveLength(2));
    await restore(harness);
    expect(names()).toEqual(["a"]);
    expect(get({ namespace: "default", name: "a" })?.metadata).toMatchObject({ generation: 1, resourceVersion: "70" });
    expect(rewinds).toBe(1);
    expect(testLog.lines.map(({ msg }) => msg)).toContain(
      "The API server went back to an older state, which is accepted",
    );
    server.change("MODIFIED", widget("a", { generation: 2 }));
    await eventually(() => expect(reported.at(-1)).toBe("modified a"));
  });

  test("an older state causes remembered responses to our own writes to be dropped", async () => {
    const harness = await reflectorHarness();
    const { start, watching, get, add } = harness;
    add("a");
    const reflector = start();
    await watching();
    reflector.store.remember(widget("a", { resourceVersion: "300", generation: 2 }));
    await restore(harness);
    expect(get({ namespace: "default", name: "a" })?.metadata.resourceVersion).toBe("70");
  });

  test("an older state is also found by a refresh of one object, which leads to a list of all", async () => {
    const { server, stop, start, watching, names, add } = await reflectorHarness();
    let rewinds = 0;
    const onRewind = () => {
      rewinds += 1;
      reflector.relist();
    };
    add("a");
    add("b");
    const reflector = start({ onRewind });
    await watching();
    server.resourceVersion = 80;
    server.objects.clear();
    expect(await reflector.refresh({ namespace: "default", name: "a" }, stop.signal)).toBeUndefined();
    await eventually(() => expect(server.watches()).toHaveLength(2));
    expect(names()).toEqual([]);
    expect(rewinds).toBe(1);
  });

  test("a list that started before our own write is not taken for an older state", async () => {
    const { server, testLog, start, watching, add } = await reflectorHarness();
    add("a");
    server.onList.push((response, request) => {
      reflector.store.remember(widget("a", { resourceVersion: "300" }));
      answer(200, { metadata: { resourceVersion: "101" }, items: [widget("a")] })(response, request);
    });
    const reflector = start();
    await watching();
    expect(testLog.lines).toEqual([]);
  });
});
