import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createManualClock, settle } from "../kube/testing/manual-clock.ts";
import { createRateLimiter } from "./rate-limit.ts";

/** Requests `count` tokens and records when each is granted. */
function grants(rate: number, count: number) {
  const clock = createManualClock();
  const limiter = createRateLimiter(rate, clock);
  const times: number[] = [];
  const ask = (n: number) => {
    for (let i = 0; i < n; i++) void limiter.acquire().then(() => times.push(clock.monotonic()));
  };
  ask(count);
  return { clock, limiter, times, ask };
}

describe("rate limiter", () => {
  test("grants one second's worth at once and the rest at the configured rate", async () => {
    const { clock, times } = grants(10, 25);
    await settle();
    expect(times).toHaveLength(10);
    await clock.advance(1000);
    expect(times).toHaveLength(20);
    await clock.advance(499);
    expect(times).toHaveLength(24);
    await clock.advance(1);
    expect(times).toHaveLength(25);
  });

  test("serves in the order of the calls", async () => {
    const clock = createManualClock();
    const limiter = createRateLimiter(1, clock);
    const order: number[] = [];
    for (const n of [1, 2, 3, 4]) void limiter.acquire().then(() => order.push(n));
    await clock.advance(10_000);
    expect(order).toEqual([1, 2, 3, 4]);
  });

  test("halves the rate once per second for any number of throttled answers", async () => {
    const { clock, limiter } = grants(100, 0);
    for (let i = 0; i < 50; i++) limiter.throttled();
    expect(limiter.rate()).toBe(50);
    await clock.advance(1000);
    limiter.throttled();
    expect(limiter.rate()).toBeGreaterThan(25);
    expect(limiter.rate()).toBeLessThan(26);
  });

  test("drops the accumulated burst when throttled", async () => {
    const { clock, limiter, times, ask } = grants(100, 0);
    limiter.throttled();
    ask(100);
    await settle();
    expect(times).toHaveLength(0);
    await clock.advance(1000);
    expect(times.length).toBeGreaterThanOrEqual(50);
    expect(times.length).toBeLessThanOrEqual(52);
  });

  test("never falls below one request per second, and recovers to the configured rate within two minutes", async () => {
    const { clock, limiter } = grants(80, 0);
    for (let i = 0; i < 20; i++) {
      limiter.throttled();
      await clock.advance(1000);
    }
    expect(limiter.rate()).toBeGreaterThanOrEqual(1);
    expect(limiter.rate()).toBeLessThan(3);
    await clock.advance(60_000);
    expect(limiter.rate()).toBeGreaterThan(40);
    expect(limiter.rate()).toBeLessThan(44);
    await clock.advance(60_000);
    expect(limiter.rate()).toBe(80);
  });

  test("applies a new configured rate at once", async () => {
    const { clock, limiter, times } = grants(1, 50);
    await settle();
    expect(times).toHaveLength(1);
    limiter.configure(40);
    await clock.advance(1000);
    expect(times).toHaveLength(41);
    expect(() => limiter.configure(0)).toThrow(RangeError);
    expect(limiter.rate()).toBe(40);
  });

  test("ends the wait on abort and serves the next", async () => {
    const clock = createManualClock();
    const limiter = createRateLimiter(1, clock);
    await limiter.acquire();
    const abort = new AbortController();
    const aborted = limiter.acquire(abort.signal);
    let next = false;
    void limiter.acquire().then(() => (next = true));
    abort.abort("shutdown");
    await expect(aborted).rejects.toMatchObject({ name: "AbortError", cause: "shutdown" });
    await expect(limiter.acquire(abort.signal)).rejects.toMatchObject({ name: "AbortError" });
    await clock.advance(1000);
    expect(next).toBe(true);
  });

  test.each([0, -1, Number.NaN, Infinity])("refuses a rate of %d", (rate) => {
    expect(() => createRateLimiter(rate, createManualClock())).toThrow(RangeError);
  });

  test("property: grants at most the burst plus the configured rate in any window of time", async () => {
    const event = fc.record({
      wait: fc.integer({ min: 0, max: 3000 }),
      calls: fc.integer({ min: 0, max: 30 }),
      throttled: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 50 }), fc.array(event, { maxLength: 12 }), async (rate, events) => {
        const { clock, limiter, times, ask } = grants(rate, 0);
        for (const { wait, calls, throttled } of events) {
          ask(calls);
          if (throttled) limiter.throttled();
          await clock.advance(wait);
        }
        for (const [first, from] of times.entries()) {
          for (let last = first; last < times.length; last++) {
            const seconds = ((times[last] ?? 0) - from) / 1000;
            expect(last - first + 1).toBeLessThanOrEqual(rate + rate * seconds + 1e-6);
          }
        }
        await clock.advance(400_000);
        expect(times).toHaveLength(events.reduce((sum, { calls }) => sum + calls, 0));
      }),
      { numRuns: 60 },
    );
  });
});
