/**
 * Keeps a store equal to what the API server has: lists, then watches, for ever. Whatever goes wrong leads to another try, after a pause where
 * a hurry would do harm. https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */

import type { Logger } from "pino";
import { backoffDelay } from "./backoff.ts";
import type { KubeClient, WatchEvent } from "./client.ts";
import { sleep, type Clock } from "../clock.ts";
import { BROKEN_ANSWER, isGone, KubeError } from "./errors.ts";
import type { KubeMetrics } from "./metrics.ts";
import type { KubeObject, Resource } from "./object.ts";
import { watchOnce } from "./watch.ts";
import { createStore, type Change, type ChangeType, type Store } from "./store.ts";

/** Called for each change, in order. Must only note it (enqueue a key): what it throws is logged, and nothing else happens. */
export type OnChange<T> = (type: ChangeType, object: T, old?: T) => void;

export interface ReflectorOptions<T> {
  client: KubeClient;
  resource: Resource;
  /** One list and watch for each; absent: all namespaces, or a cluster-scoped kind. */
  namespaces?: string[];
  labelSelector?: string;
  /** Applied to each object before it is stored; by default strips managedFields, which are most of an object's size. */
  transform?: (object: T) => T;
  onChange: OnChange<T>;
  clock: Clock;
  /** In [0, 1). */
  random: () => number;
  log: Logger;
  metrics: KubeMetrics;
}

export interface Reflector<T> {
  store: Store<T>;
  /** Resolves soon after `signal` aborts, after which nothing more is reported; never rejects. A second call joins the first. */
  run(signal: AbortSignal): Promise<void>;
  /** Resolves when the first complete list of every namespace is in the store. */
  synced: Promise<void>;
  hasSynced(): boolean;
  /** Since the API server was last heard of, in the quietest namespace. Counts from creation on. */
  secondsSinceLastEvent(): number;
}

const PAGE_SIZE = 500;
/** client-go's reflector backoff; it starts over after two quiet minutes. */
const BACKOFF = { baseMs: 800, maxMs: 30_000 };
const BACKOFF_RESET_MS = 120_000;
const MAX_RETRY_AFTER_MS = 60_000;
/** A whole list from time to time finds whatever events may have been missed; up to half as much again at random. */
const RELIST_MS = 600_000;

export function createReflector<T extends KubeObject>(options: ReflectorOptions<T>): Reflector<T> {
  const { resource, transform = stripManagedFields, clock, metrics, namespaces } = options;
  const store = createStore<T>();
  const scopes = (namespaces ?? [undefined]).map((namespace) => ({
    namespace,
    heardAt: clock.monotonic(),
    listed: false,
  }));
  const synced = Promise.withResolvers<void>();
  const secondsSinceLastEvent = () => Math.max(...scopes.map(({ heardAt }) => (clock.monotonic() - heardAt) / 1000), 0);
  const count = metrics.reflector(resource.plural, secondsSinceLastEvent);

  function report(changes: Change<T>[]) {
    for (const { type, object, old } of changes) {
      try {
        options.onChange(type, object, old);
      } catch (err) {
        options.log.error({ error: err, resource: resource.plural }, "Change handler threw");
      }
    }
  }

  const follow = (scope: Scope, signal: AbortSignal) =>
    followScope(options, scope, signal, {
      failed: () => count.failed(),
      replace(objects) {
        report(store.replace(objects, scope.namespace));
        scope.listed = true;
        count.listed();
        if (scopes.every((each) => each.listed)) synced.resolve();
      },
      change: ({ type, object }) => report(type === "DELETED" ? store.remove(object) : store.put(object)),
    });

  let running: Promise<unknown> | undefined;
  return {
    store: { ...store, remember: (object) => store.remember(transform(object)) },
    synced: synced.promise,
    hasSynced: () => scopes.every(({ listed }) => listed),
    secondsSinceLastEvent,
    async run(signal) {
      running ??= Promise.all(scopes.map((scope) => follow(scope, signal)));
      await running;
    },
  };
}

interface Scope {
  namespace: string | undefined;
  /** Monotonic time of the last answer or event. */
  heardAt: number;
  listed: boolean;
}

interface Sink<T> {
  replace(objects: T[]): void;
  change(event: WatchEvent<T>): void;
  failed(): void;
}

async function followScope<T extends KubeObject>(
  options: ReflectorOptions<T>,
  scope: Scope,
  signal: AbortSignal,
  sink: Sink<T>,
): Promise<void> {
  const { resource, transform = stripManagedFields, clock, random, log } = options;
  /** Where the watch goes on; undefined: list first. */
  let resourceVersion: string | undefined;
  let relistAt = 0;
  const retry = createRetry(clock, random);

  while (!signal.aborted) {
    try {
      if (resourceVersion === undefined || clock.monotonic() >= relistAt) {
        const list = await listAll(options, scope, signal);
        resourceVersion = list.resourceVersion;
        relistAt = clock.monotonic() + RELIST_MS * (1 + random() / 2);
        sink.replace(list.objects);
      }
      const query = { namespace: scope.namespace, labelSelector: options.labelSelector, resourceVersion };
      for await (const event of watchOnce<T>(options, { ...query, lifeMs: relistAt - clock.monotonic(), signal })) {
        scope.heardAt = clock.monotonic();
        resourceVersion = event.object.metadata.resourceVersion;
        if (event.type !== "BOOKMARK") sink.change({ ...event, object: transform(event.object) });
      }
    } catch (error) {
      if (signal.aborted) return;
      sink.failed();
      if (isGone(error) || isBroken(error)) resourceVersion = undefined;
      log.warn({ error, resource: resource.plural, namespace: scope.namespace }, "Watch failed, trying again");
      await sleep(clock, retry.delayAfter(error), signal);
    }
  }
}

/** An event that we could not read may have been anything. */
const isBroken = (error: unknown) => error instanceof KubeError && error.reason === BROKEN_ANSWER;

async function listAll<T extends KubeObject>(options: ReflectorOptions<T>, scope: Scope, signal: AbortSignal) {
  const { client, resource, labelSelector, clock, transform = stripManagedFields } = options;
  const objects: T[] = [];
  let next: string | undefined;
  for (;;) {
    const query = { namespace: scope.namespace, labelSelector, limit: PAGE_SIZE, continue: next, signal };
    const page = await client.list<T>(resource, query);
    scope.heardAt = clock.monotonic();
    objects.push(...page.items.map(transform));
    if (page.continue === undefined) return { objects, resourceVersion: page.resourceVersion };
    next = page.continue;
  }
}

function createRetry(clock: Clock, random: () => number) {
  let failures = 0;
  let lastFailure = -Infinity;
  return {
    delayAfter(error: unknown): number {
      if (clock.monotonic() - lastFailure > BACKOFF_RESET_MS) failures = 0;
      lastFailure = clock.monotonic();
      failures += 1;
      // An expired version is no fault of anybody's: list at once. But only once.
      if (isGone(error) && failures === 1) return 0;
      const asked = error instanceof KubeError ? (error.retryAfterMs ?? 0) : 0;
      return Math.max(backoffDelay(failures - 1, BACKOFF, random), Math.min(asked, MAX_RETRY_AFTER_MS));
    },
  };
}

function stripManagedFields<T extends KubeObject>(object: T): T {
  const { managedFields: _, ...metadata } = object.metadata as T["metadata"] & { managedFields?: unknown };
  return { ...object, metadata };
}
