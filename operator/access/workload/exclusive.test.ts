import { expect, test } from "vitest";
import { createExclusive } from "./exclusive.ts";

const never = new AbortController().signal;

test("work of one key runs one after another, in order; work of another key does not wait", async () => {
  const exclusive = createExclusive();
  const log: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = exclusive("a", never, async () => {
    log.push("first begins");
    await gate.promise;
    log.push("first ends");
  });
  const second = exclusive("a", never, async () => void log.push("second"));
  await exclusive("b", never, async () => void log.push("other"));
  expect(log).toEqual(["first begins", "other"]);
  gate.resolve();
  await Promise.all([first, second]);
  expect(log).toEqual(["first begins", "other", "first ends", "second"]);
});

test("failed work passes its error on, and the next work runs", async () => {
  const exclusive = createExclusive();
  const failing = exclusive("a", never, () => Promise.reject(new Error("no")));
  const next = exclusive("a", never, async () => "yes");
  await expect(failing).rejects.toThrow("no");
  expect(await next).toBe("yes");
});

test("aborted work never runs, and later work still waits for earlier work", async () => {
  const exclusive = createExclusive();
  const gate = Promise.withResolvers<void>();
  const log: string[] = [];
  const first = exclusive("a", never, async () => {
    await gate.promise;
    log.push("first");
  });
  const abort = new AbortController();
  const aborted = exclusive("a", abort.signal, async () => void log.push("aborted"));
  abort.abort(new Error("stop"));
  await expect(aborted).rejects.toThrow("stop");
  const third = exclusive("a", never, async () => void log.push("third"));
  await Promise.resolve();
  expect(log).toEqual([]);
  gate.resolve();
  await Promise.all([first, third]);
  expect(log).toEqual(["first", "third"]);
});
