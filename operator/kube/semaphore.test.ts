import { expect, test } from "vitest";
import { createSemaphore } from "./semaphore.ts";
import { settle } from "./testing/manual-clock.ts";

const { signal: never } = new AbortController();

/** Tasks that end one by one, in the order of their start. */
function tasks(limit: number) {
  const semaphore = createSemaphore(limit);
  const running: PromiseWithResolvers<void>[] = [];
  const started: string[] = [];
  return {
    semaphore,
    started,
    start: (name: string, signal = never) =>
      semaphore.run(signal, async () => {
        started.push(name);
        const end = Promise.withResolvers<void>();
        running.push(end);
        await end.promise;
        return name;
      }),
    endOne: async (error?: Error) => {
      const end = running.shift();
      if (error === undefined) end?.resolve();
      else end?.reject(error);
      await settle();
    },
  };
}

test("runs at most the limit at once, in order", async () => {
  const { started, start, endOne } = tasks(2);
  const results = ["a", "b", "c", "d"].map((name) => start(name));
  await settle();
  expect(started).toEqual(["a", "b"]);
  await endOne();
  expect(started).toEqual(["a", "b", "c"]);
  await endOne();
  await endOne();
  await endOne();
  expect(await Promise.all(results)).toEqual(["a", "b", "c", "d"]);
});

test("a task that fails frees its place", async () => {
  const { started, start, endOne } = tasks(1);
  const failed = expect(start("a")).rejects.toThrow("broken");
  const second = start("b");
  await settle();
  await endOne(new Error("broken"));
  await failed;
  expect(started).toEqual(["a", "b"]);
  await endOne();
  expect(await second).toBe("b");
});

test("a task that is aborted while it waits is not called, and takes no place", async () => {
  const { started, start, endOne } = tasks(1);
  const stop = new AbortController();
  const first = start("a");
  const aborted = expect(start("b", stop.signal)).rejects.toThrow("stop");
  const third = start("c");
  await settle();
  stop.abort(new Error("stop"));
  await aborted;
  await expect(start("d", stop.signal)).rejects.toThrow("stop");
  await endOne();
  expect(started).toEqual(["a", "c"]);
  await endOne();
  await Promise.all([first, third]);
});

test("a place that is handed on to an aborted task is not lost", async () => {
  const { started, start, endOne } = tasks(1);
  const stop = new AbortController();
  const first = start("a");
  const aborted = expect(start("b", stop.signal)).rejects.toThrow("stop");
  await settle();
  const ended = endOne();
  stop.abort(new Error("stop"));
  await Promise.all([ended, aborted, first]);
  const last = start("c");
  await settle();
  expect(started.at(-1)).toBe("c");
  await endOne();
  await last;
});
