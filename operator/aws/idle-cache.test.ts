import { describe, expect, test } from "vitest";
import { createManualClock } from "../kube/testing/manual-clock.ts";
import { createIdleCache } from "./idle-cache.ts";

function cache(max: number, idleMs = 1000) {
  const clock = createManualClock();
  const disposed: string[] = [];
  const cache = createIdleCache<string>({ max, idleMs, clock, dispose: (value) => disposed.push(value) });
  const get = (key: string) => cache.get(key, () => key.toUpperCase());
  return { clock, disposed, cache, get };
}

describe("idle cache", () => {
  test("makes each value once", () => {
    const { cache: kept, get } = cache(10);
    expect(get("a")).toBe("A");
    expect(kept.get("a", () => "another")).toBe("A");
  });

  test("disposes of the longest unused value beyond its size", () => {
    const { cache: kept, get, disposed } = cache(2);
    ["a", "b", "a", "c"].forEach(get);
    expect(disposed).toEqual(["B"]);
    expect(kept.size).toBe(2);
  });

  test("disposes of values that are unused for a while when another is used", async () => {
    const { clock, get, disposed } = cache(10);
    ["a", "b"].forEach(get);
    await clock.advance(999);
    get("a");
    expect(disposed).toEqual([]);
    await clock.advance(1);
    get("c");
    expect(disposed).toEqual(["B"]);
  });

  test("never disposes of the value that it returns", async () => {
    const { clock, get, disposed } = cache(10);
    get("a");
    await clock.advance(5000);
    expect(get("a")).toBe("A");
    expect(disposed).toEqual([]);
  });

  test("drops by prefix", () => {
    const { cache: kept, get, disposed } = cache(10);
    ["1/a", "1/b", "11/a"].forEach(get);
    kept.drop("1/");
    expect(disposed).toEqual(["1/A", "1/B"]);
    expect(kept.size).toBe(1);
  });
});
