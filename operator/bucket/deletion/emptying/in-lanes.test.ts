import { expect, test } from "vitest";
import { inLanes } from "./in-lanes.ts";

async function* upTo(count: number): AsyncGenerator<number> {
  for (let item = 1; item <= count; item++) yield await Promise.resolve(item);
}

test("works on each item once, and on at most so many at a time", async () => {
  const done: number[] = [];
  let [running, most] = [0, 0];
  await inLanes(3, upTo(10), async (item) => {
    most = Math.max(most, ++running);
    await new Promise(setImmediate);
    running -= 1;
    done.push(item);
  });
  expect(done.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(most).toBe(3);
});

test("ends early when a piece of work fails, after what is under way", async () => {
  const done: number[] = [];
  const work = async (item: number) => {
    if (item === 2) throw new Error("two");
    await new Promise(setImmediate);
    done.push(item);
  };
  await expect(inLanes(2, upTo(10), work)).rejects.toThrow("two");
  const settled = done.length;
  expect(settled).toBeLessThan(3);
  await new Promise(setImmediate);
  expect(done).toHaveLength(settled);
});

test("fails when the items do", async () => {
  async function* failing(): AsyncGenerator<number> {
    yield 1;
    await Promise.reject(new Error("no more"));
  }
  await expect(inLanes(4, failing(), () => Promise.resolve())).rejects.toThrow("no more");
});
