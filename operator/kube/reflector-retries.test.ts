import { describe, expect, test } from "vitest";
import { eventually } from "./testing/eventually.ts";
import { answer, hang, line, refuse, reset, stream, type Behaviour } from "./testing/misbehaving-server.ts";
import { widget } from "./testing/objects.ts";
import { reflectorHarness } from "./testing/reflector-harness.ts";

describe("retries of a reflector", () => {
  test.each<[string, Behaviour]>([
    ["403", refuse(403, "Forbidden")],
    ["404", refuse(404, "NotFound")],
    ["500", refuse(500, "InternalError")],
    ["401", refuse(401, "Unauthorized")],
    ["a reset", reset],
    ["a page of HTML", answer(200, "<html></html>")],
  ])("a reflector recovers from %s on list, then on watch", async (_, behaviour) => {
    const { server, clock, reported, start, failed, watching, names, add } = await reflectorHarness();
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

  test("a reflector waits longer each time, up to 30 s, and starts over after two quiet minutes", async () => {
    const { server, clock, start, failed, watching, quietFor } = await reflectorHarness();
    // With `random` at 0, half of a delay that doubles from 0.8 s to 30 s.
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
    await quietFor(121_000);
    const before = server.watches().length;
    server.emit(line("ERROR", { code: 500 }));
    await failed(9);
    await clock.advance(400);
    await watching();
    expect(server.watches()).toHaveLength(before + 1);
  });

  test("a reflector waits as long as Retry-After of a 429 response says", async () => {
    const { server, clock, start, failed, watching } = await reflectorHarness();
    server.onList.push(refuse(429, "TooManyRequests", { "retry-after": "20" }));
    start();
    await failed(1);
    await clock.advance(19_999);
    expect(server.lists()).toHaveLength(1);
    await clock.advance(1);
    await watching();
    expect(server.lists()).toHaveLength(2);
  });

  test("a reflector aborts a list that hangs after 30 s", async () => {
    const { server, clock, start, failed, watching } = await reflectorHarness();
    server.onList.push(hang);
    start();
    await eventually(() => expect(server.lists()).toHaveLength(1));
    await clock.advance(30_000);
    await failed(1);
    await clock.advance(1_000);
    await watching();
  });

  test("a reflector lists again after a reset connection, as the server may have been restored meanwhile", async () => {
    const { server, clock, start, failed, watching, names } = await reflectorHarness();
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

  test.each([
    [0, 40_000],
    [0.999, 44_000],
  ])("with random at %d, a reflector notices a dead watch after %d ms, and lists again", async (random, lateMs) => {
    const { server, clock, start, failures, failed, watching } = await reflectorHarness();
    const reflector = start({ random: () => random });
    await watching();
    await clock.advance(lateMs - 1);
    expect(failures()).toBe(0);
    expect(reflector.secondsSinceLastEvent()).toBeCloseTo(lateMs / 1000, 1);
    await clock.advance(1);
    await failed(1);
    await clock.advance(1_000);
    await watching();
    expect(server.lists()).toHaveLength(2);
  });

  test("a reflector counts a watch that ends in time as heard of, and watches on from the last version", async () => {
    const { server, clock, start, failures, watching, quietFor } = await reflectorHarness();
    const reflector = start();
    await watching();
    await quietFor(90_000);
    expect(reflector.secondsSinceLastEvent()).toBe(0);
    await clock.advance(20_000);
    server.emit(line("BOOKMARK", { metadata: { resourceVersion: "150" } }));
    await eventually(() => expect(reflector.secondsSinceLastEvent()).toBe(0));
    await clock.advance(10_000);
    server.endWatches();
    await eventually(() => expect(server.watches()).toHaveLength(5));
    const versions = server.watches().map(({ query }) => query.get("resourceVersion"));
    expect(versions).toEqual(["100", "100", "100", "100", "150"]);
    expect(server.lists()).toHaveLength(1);
    expect(server.connections()).toBeLessThanOrEqual(2);
    expect(failures()).toBe(0);
  });

  test("a reflector makes about two requests a minute, whether the connection is idle or not", async () => {
    const { server, start, watching, quietFor } = await reflectorHarness();
    start();
    await watching();
    const before = server.requests.length;
    await quietFor(540_000);
    expect(server.requests.length - before).toBe(18);
  });

  test("a reflector ends a watch that the server leaves open past its timeout", async () => {
    const { server, clock, start, failures, watching } = await reflectorHarness();
    const reflector = start();
    await watching();
    await clock.advance(31_000);
    server.emit(line("BOOKMARK", { metadata: { resourceVersion: "200" } }));
    await eventually(() => expect(reflector.secondsSinceLastEvent()).toBe(0));
    await clock.advance(9_000);
    await eventually(() => expect(server.watches()).toHaveLength(2));
    expect(server.lists()).toHaveLength(1);
    expect(failures()).toBe(0);
  });

  test("a reflector counts a watch that ends at once without an event as a failure, so that no hot loop follows", async () => {
    const { server, clock, start, failed, watching } = await reflectorHarness();
    server.onWatch.push(stream("", { end: true }));
    start();
    await failed(1);
    expect(server.watches()).toHaveLength(1);
    await clock.advance(1_000);
    await watching();
  });

  test("a reflector sends the new token after the old one has expired", async () => {
    const { server, clock, start, failed, watching } = await reflectorHarness();
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

  test("a reflector continues when credentials cannot be read at a reconnect", async () => {
    const { server, clock, start, failed, watching } = await reflectorHarness();
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

  test("a reflector logs a handler that throws, and reports the next changes", async () => {
    const { testLog, reported, start, failures, watching, add } = await reflectorHarness();
    add("a");
    start({
      onChange: (type, object) => {
        reported.push(`${type} ${object.metadata.name}`);
        throw new Error("handler");
      },
    });
    await watching();
    add("b");
    await eventually(() => expect(reported).toEqual(["added a", "added b"]));
    expect(testLog.lines.filter(({ msg }) => msg === "Change handler threw")).toHaveLength(2);
    expect(failures()).toBe(0);
  });
});
