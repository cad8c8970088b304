/** One watch request that cannot hang: what client-go's reflector puts around a watch. */

import type { KubeClient, WatchEvent } from "./client.ts";
import { deadline, type Clock } from "../clock.ts";
import { KubeError } from "./errors.ts";
import type { KubeObject, Resource } from "./object.ts";

export interface WatchContext {
  client: KubeClient;
  resource: Resource;
  clock: Clock;
  /** In [0, 1). */
  random: () => number;
}

export interface WatchRequest {
  namespace: string | undefined;
  labelSelector: string | undefined;
  resourceVersion: string;
  /** How long it may last at most; 5 to 10 minutes at random otherwise, as client-go has it. */
  lifeMs: number;
  signal: AbortSignal;
}

/** Bookmarks come about once a minute: after this long without anything, the connection is dead, whatever TCP thinks. */
const SILENCE_MS = 150_000;
/** A server that ends watches faster than this is not well. */
const SHORT_WATCH_MS = 1_000;

/** Yields events and bookmarks. Ends when its time is over; throws when it was cut short, fell silent, or the server reports an error. */
export async function* watchOnce<T extends KubeObject>(
  { client, resource, clock, random }: WatchContext,
  { lifeMs, signal, ...query }: WatchRequest,
): AsyncGenerator<WatchEvent<T>> {
  const name = `watch ${resource.plural}`;
  const start = clock.monotonic();
  const timeoutSeconds = Math.max(1, Math.ceil(Math.min(300_000 * (1 + random()), lifeMs) / 1000));
  let events = 0;

  // In case the server forgets to end it.
  using life = deadline(clock, timeoutSeconds * 1000 + 10_000, signal);
  using silence = deadline(clock, SILENCE_MS, life.signal);
  try {
    for await (const event of client.watch<T>(resource, { ...query, timeoutSeconds, signal: silence.signal })) {
      // An event that was on its way when we were told to stop is nobody's any more.
      signal.throwIfAborted();
      events += 1;
      silence.restart();
      yield event;
    }
  } catch (error) {
    if (life.expired()) return;
    if (silence.expired()) throw new KubeError(name, 0, "Silence", `nothing heard for ${SILENCE_MS / 1000} s`);
    throw error;
  }
  if (events === 0 && clock.monotonic() - start < SHORT_WATCH_MS) {
    throw new KubeError(name, 0, "ShortWatch", "ended at once, without an event");
  }
}
