import { expect, test } from "vitest";
import type { KubeClient, WatchOptions } from "./client.ts";
import { createManualClock } from "./testing/manual-clock.ts";
import { WIDGETS } from "./testing/objects.ts";
import { watchOnce } from "./watch.ts";

/** timeoutSeconds of a watch of one of `count` namespaces. */
async function secondsAskedFor(count: number, random: number, lifeMs = Infinity): Promise<number | undefined> {
  const clock = createManualClock();
  let asked: number | undefined;
  const client = {
    async *watch(_: unknown, { timeoutSeconds }: WatchOptions) {
      asked = timeoutSeconds;
      await clock.advance(timeoutSeconds * 1000);
      yield* [];
    },
  } as unknown as KubeClient;
  const namespaces = Array.from({ length: count }, (_, index) => `n-${index}`);
  const context = { client, resource: WIDGETS, namespaces, clock, random: () => random };
  const { signal } = new AbortController();
  const events = watchOnce(context, {
    namespace: "n-0",
    labelSelector: undefined,
    resourceVersion: "1",
    lifeMs,
    signal,
  });
  for await (const _ of events) expect.unreachable("no event is sent");
  return asked;
}

test.each([
  [0, 0, 30],
  [1, 0.999, 34],
  [100, 0, 30],
  [400, 0, 120],
  [1_000, 0.999, 349],
  [50_000, 0, 300],
])("with %d namespaces and random at %d, a watch lives for %d s", async (count, random, seconds) => {
  expect(await secondsAskedFor(count, random)).toBe(seconds);
});

test("a watch does not outlive the time that is left for it", async () => {
  expect(await secondsAskedFor(1, 0, 12_400)).toBe(12);
  expect(await secondsAskedFor(1, 0, 400)).toBe(1);
});
