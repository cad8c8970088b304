import * as fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import type { Priority } from "./changes.ts";
import { createQueue, type Queue } from "./queue.ts";
import { createManualClock, settle, type ManualClock } from "./testing/manual-clock.ts";
import { testMetrics } from "./testing/objects.ts";

let clock: ManualClock;
let queue: Queue;

function build() {
  clock = createManualClock();
  queue = createQueue({ name: "test", clock, random: () => 0.5, metrics: testMetrics(), baseMs: 1000, maxMs: 8000 });
}
beforeEach(build);

/** The key that a worker would get now. */
async function next(): Promise<string | undefined> {
  const stop = new AbortController();
  const got = queue.get(stop.signal);
  stop.abort();
  return await got;
}

describe("a worker gets", () => {
  test("a key added many times, once", async () => {
    queue.add("a", "edit");
    queue.add("a", "edit");
    queue.add("a", "resync");
    expect([await next(), await next()]).toEqual(["a", undefined]);
  });

  test("a key that was added while it had it, once it is done", async () => {
    queue.add("a", "edit");
    expect(await next()).toBe("a");
    queue.add("a", "resync");
    queue.add("a", "edit");
    expect(await next()).toBeUndefined();
    queue.done("a");
    expect(await next()).toBe("a");
    queue.done("a");
    expect(await next()).toBeUndefined();
  });

  test("edits before resyncs, each in the order of their addition", async () => {
    queue.add("r1", "resync");
    queue.add("e1", "edit");
    queue.add("r2", "resync");
    queue.add("e2", "edit");
    expect([await next(), await next(), await next(), await next()]).toEqual(["e1", "e2", "r1", "r2"]);
  });

  test("a queued resync as an edit, if an edit was added", async () => {
    queue.add("r1", "resync");
    queue.add("r2", "resync");
    queue.add("r2", "edit");
    queue.add("r2", "resync");
    expect([await next(), await next(), await next()]).toEqual(["r2", "r1", undefined]);
  });

  test("a key that was added during work with the highest priority of the additions", async () => {
    queue.add("a", "resync");
    await next();
    queue.add("a", "edit");
    queue.add("a", "resync");
    queue.add("r", "resync");
    queue.done("a");
    expect(await next()).toBe("a");
  });

  test("keys in the order in which workers began to wait", async () => {
    const [first, second] = [queue.get(), queue.get()];
    queue.add("a", "edit");
    queue.add("b", "edit");
    expect([await first, await second]).toEqual(["a", "b"]);
  });
});

describe("delays", () => {
  test("a delayed key is queued after its delay", async () => {
    queue.addAfter("a", 1000, "resync");
    await clock.advance(999);
    expect(await next()).toBeUndefined();
    await clock.advance(1);
    expect(await next()).toBe("a");
  });

  test("an addition without a delay cancels the delay", async () => {
    queue.addAfter("a", 60_000, "resync");
    queue.add("a", "edit");
    expect(await next()).toBe("a");
    queue.done("a");
    await clock.advance(120_000);
    expect(await next()).toBeUndefined();
    expect(clock.timers()).toBe(0);
  });

  test("an addition during work cancels the delay that the work's end sets", async () => {
    queue.add("a", "edit");
    expect(await next()).toBe("a");
    queue.add("a", "edit");
    queue.addAfter("a", 60_000, "resync");
    queue.done("a");
    expect(await next()).toBe("a");
    queue.done("a");
    await clock.advance(120_000);
    expect(await next()).toBeUndefined();
    expect(clock.timers()).toBe(0);
  });

  test("of two delays the earlier end counts", async () => {
    queue.addAfter("a", 5000, "resync");
    queue.addAfter("a", 60_000, "resync");
    queue.addAfter("b", 60_000, "resync");
    queue.addAfter("b", 5000, "resync");
    await clock.advance(5000);
    expect([await next(), await next()].sort()).toEqual(["a", "b"]);
    queue.done("a");
    queue.done("b");
    await clock.advance(60_000);
    expect(await next()).toBeUndefined();
  });

  test.each([2 ** 31, Infinity, NaN])("a delay of %s ms does not fire at once", async (delay) => {
    queue.addAfter("a", delay, "resync");
    await clock.advance(60_000);
    expect(await next()).toBeUndefined();
  });

  test("all delays share one timer", () => {
    for (let i = 0; i < 100; i += 1) queue.addAfter(`key-${i}`, 1000 + i, "resync");
    expect(clock.timers()).toBe(1);
  });

  test("a delay that ends during work queues the key after the work", async () => {
    queue.add("a", "edit");
    await next();
    queue.addAfter("a", 1000, "edit");
    await clock.advance(1000);
    expect(await next()).toBeUndefined();
    queue.done("a");
    expect(await next()).toBe("a");
  });
});

describe("backoff", () => {
  /** Delays of a key's retries, by the clock. */
  async function retryDelay(key: string): Promise<number> {
    const start = clock.monotonic();
    queue.addRateLimited(key);
    for (;;) {
      await clock.advance(10);
      if ((await next()) === key) break;
    }
    queue.done(key);
    return clock.monotonic() - start;
  }

  test("doubles per key up to the limit, and is reset by forget", async () => {
    const delays = [];
    for (let i = 0; i < 5; i += 1) delays.push(await retryDelay("a"));
    // Three quarters of 1, 2, 4, 8, 8 s: the random half is at 0.5.
    expect(delays).toEqual([750, 1500, 3000, 6000, 6000]);
    expect(await retryDelay("b")).toBe(750);
    queue.forget("a");
    expect(await retryDelay("a")).toBe(750);
  });
});

describe("shutdown", () => {
  test("drops keys, ends waits, accepts no more, and resolves when all work is done", async () => {
    queue.add("a", "edit");
    expect(await queue.get()).toBe("a");
    const waiting = queue.get();
    queue.addAfter("b", 1000, "edit");
    let drained = false;
    const drain = queue.shutDown().then(() => (drained = true));
    queue.add("c", "edit");
    queue.addAfter("d", 10, "edit");
    expect(await waiting).toBeUndefined();
    expect(await queue.get()).toBeUndefined();
    expect(queue.depth()).toBe(0);
    expect(clock.timers()).toBe(0);
    await settle();
    expect(drained).toBe(false);
    queue.done("a");
    await drain;
  });

  test("an aborted wait takes no key", async () => {
    const stop = new AbortController();
    const given = queue.get(stop.signal);
    stop.abort();
    expect(await given).toBeUndefined();
    queue.add("a", "edit");
    expect(await next()).toBe("a");
  });
});

describe("properties", () => {
  type Step =
    | { do: "add" | "addAfter" | "addRateLimited"; key: string; priority: Priority; ms: number }
    | { do: "get" | "done" | "pass" };
  const key = fc.constantFrom("a", "b", "c", "d");
  const priority = fc.constantFrom<Priority>("edit", "resync");
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.record({ do: fc.constantFrom("add", "addAfter", "addRateLimited"), key, priority, ms: fc.nat(5000) }),
    fc.record({ do: fc.constantFrom("get", "done", "pass") }),
  );

  test("one worker per key, no add lost, edits first", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        build();
        const working: string[] = [];
        /** Keys that a worker has yet to see, since their last add. */
        const owed = new Set<string>();
        const edits = new Set<string>();
        /** Keys that may be edits by a delay, which this model does not follow. */
        const delayed = new Set<string>();

        const take = async () => {
          const got = await next();
          if (got === undefined) return false;
          expect(working).not.toContain(got);
          const editsReady = [...edits].filter((each) => !working.includes(each));
          if (editsReady.length > 0) expect([...editsReady, ...delayed]).toContain(got);
          working.push(got);
          owed.delete(got);
          edits.delete(got);
          return true;
        };

        for (const each of steps) {
          if ("key" in each) {
            owed.add(each.key);
            if (each.do !== "add") delayed.add(each.key);
            else if (each.priority === "edit") edits.add(each.key);
            if (each.do === "add") queue.add(each.key, each.priority);
            else if (each.do === "addAfter") queue.addAfter(each.key, each.ms, each.priority);
            else queue.addRateLimited(each.key);
          } else if (each.do === "get") await take();
          else if (each.do === "done") {
            const done = working.shift();
            if (done !== undefined) queue.done(done);
          } else {
            await clock.advance(60_000);
            while (await take());
          }
        }
        for (let round = 0; round < 3; round += 1) {
          for (const done of working.splice(0)) queue.done(done);
          await clock.advance(60_000);
          while (await take());
        }
        expect([...owed]).toEqual([]);
        for (const done of working.splice(0)) queue.done(done);
        expect(await next()).toBeUndefined();
      }),
      { numRuns: 200 },
    );
  });
});
