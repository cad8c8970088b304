/** One watch request that cannot hang, with the limits of client-go's reflector. */

import { deadline, type Clock } from "../clock.ts";
import type { KubeClient, WatchEvent } from "./client.ts";
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
  /** Maximum duration; otherwise 5 to 10 minutes at random, as in client-go. */
  lifeMs: number;
  signal: AbortSignal;
}

/** Bookmarks come about once a minute. After this time without any event the connection counts as dead. */
const SILENCE_MS = 150_000;
/** A watch that ends within this time without an event is a failure. */
const SHORT_WATCH_MS = 1_000;

/** Yields events and bookmarks. Ends when its time is over. Throws if it is cut, silent, or gets an ERROR event. */
export async function* watchOnce<T extends KubeObject>(
  { client, resource, clock, random }: WatchContext,
  { lifeMs, signal, ...query }: WatchRequest,
): AsyncGenerator<WatchEvent<T>> {
  const name = `watch ${resource.plural}`;
  const start = clock.monotonic();
  const timeoutSeconds = Math.max(1, Math.ceil(Math.min(300_000 * (1 + random()), lifeMs) / 1000));
  let events = 0;

  // In case the server does not end it.
  using life = deadline(clock, timeoutSeconds * 1000 + 10_000, signal);
  using silence = deadline(clock, SILENCE_MS, life.signal);
  try {
    for await (const event of client.watch<T>(resource, { ...query, timeoutSeconds, signal: silence.signal })) {
      // Drop an event that arrives after the abort.
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
