/** One watch request that cannot hang, with the limits of client-go's reflector. */

import { deadline, type Clock } from "../clock.ts";
import type { KubeClient, WatchEvent } from "./client.ts";
import { KubeError } from "./errors.ts";
import type { KubeObject, Resource } from "./object.ts";

export interface WatchContext {
  client: KubeClient;
  resource: Resource;
  /** One watch for each. */
  namespaces?: readonly string[];
  clock: Clock;
  /** In [0, 1). */
  random: () => number;
}

export interface WatchRequest {
  namespace: string | undefined;
  labelSelector: string | undefined;
  resourceVersion: string;
  /** Maximum duration. */
  lifeMs: number;
  signal: AbortSignal;
}

/**
 * A watch is short, so that a dead connection is noticed within 45 s: the API server ends it in time, or the connection
 * is dead. Silence alone proves nothing: bookmarks come about once a minute, and just before the end (cache_watcher.go
 * of kube-apiserver). The next watch uses the same TLS connection. Each watch costs about two requests a minute.
 */
const MIN_LIFE_MS = 30_000;
/** Added at random, up to this share, so that not all watches end at once. */
const LIFE_JITTER = 1 / 6;
/** Time that the end of a watch may be late. */
const LATE_MS = 10_000;
/** With one watch per namespace, each lives longer, for about three requests a second and kind. */
const LIFE_MS_PER_WATCH = 300;
/** The least of client-go's reflector. */
const MAX_LIFE_MS = 300_000;
/** For a watch that lives long: after two missed bookmarks and a half the connection counts as dead. */
const SILENCE_MS = 150_000;
/** A watch that ends within this time without an event is a failure. */
const SHORT_WATCH_MS = 1_000;

/** Yields events and bookmarks. Ends when its time is over. Throws if it is cut, silent, or gets an ERROR event. */
export async function* watchOnce<T extends KubeObject>(
  { client, resource, namespaces = [], clock, random }: WatchContext,
  { lifeMs, signal, ...query }: WatchRequest,
): AsyncGenerator<WatchEvent<T>> {
  const name = `watch ${resource.plural}`;
  const start = clock.monotonic();
  const ownLifeMs = Math.min(Math.max(MIN_LIFE_MS, namespaces.length * LIFE_MS_PER_WATCH), MAX_LIFE_MS);
  const timeoutSeconds = Math.max(1, Math.floor(Math.min(ownLifeMs * (1 + LIFE_JITTER * random()), lifeMs) / 1000));
  let events = 0;
  let heardAt = start;

  using life = deadline(clock, timeoutSeconds * 1000 + LATE_MS, signal);
  using silence = deadline(clock, SILENCE_MS, life.signal);
  try {
    for await (const event of client.watch<T>(resource, { ...query, timeoutSeconds, signal: silence.signal })) {
      // Drop an event that arrives after the abort.
      signal.throwIfAborted();
      events += 1;
      heardAt = clock.monotonic();
      silence.restart();
      yield event;
    }
  } catch (error) {
    const silentMs = clock.monotonic() - heardAt;
    // The server does not end the watch, but the connection is alive.
    if (life.expired() && silentMs < LATE_MS) return;
    if (!life.expired() && !silence.expired()) throw error;
    throw new KubeError(name, 0, "Silence", `nothing heard for ${Math.round(silentMs / 1000)} s, not even its end`);
  }
  if (events === 0 && clock.monotonic() - start < SHORT_WATCH_MS) {
    throw new KubeError(name, 0, "ShortWatch", "ended at once, without an event");
  }
}
