/**
 * Keeps a store equal to the state of the API server: lists, then watches, and retries after any error.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 *
 * A list replaces the store even if it is older: then etcd was restored from a backup, and a watch from a version of
 * the lost history would stay silent (https://github.com/kubernetes/kubernetes/issues/107457). So a cut connection
 * leads to a list.
 */

import { setImmediate as nextTurn } from "node:timers/promises";
import type { Logger } from "pino";
import { linkedController, sleep, type Clock } from "../clock.ts";
import { backoffDelay } from "./backoff.ts";
import type { KubeClient, WatchEvent } from "./client.ts";
import { isGone, KubeError } from "./errors.ts";
import type { KubeMetrics } from "./metrics.ts";
import { isLater, type KubeObject, type ObjectKey, type Resource } from "./object.ts";
import { createSemaphore, type Semaphore } from "./semaphore.ts";
import { createStore, deepFreeze, type Delta, type DeltaType, type Store } from "./store.ts";
import { watchOnce } from "./watch.ts";

/** Called for each change, in order. Must return fast, for example enqueue a key. An error is only logged. */
export type OnChange<T> = (type: DeltaType, object: T, old?: T) => void;

export interface ReflectorOptions<T> {
  client: KubeClient;
  resource: Resource;
  /** One list and watch for each. Default: all namespaces, or a cluster-scoped kind. */
  namespaces?: string[];
  labelSelector?: string;
  /** Applied to each object before it is stored. Default: removes managedFields, most of an object's size. */
  transform?: (object: T) => T;
  onChange: OnChange<T>;
  /** Limits the lists that run at once. Default: its own. */
  lists?: Semaphore;
  /** Called when the API server went back to an older state, which affects all kinds. */
  onRewind?: () => void;
  clock: Clock;
  /** In [0, 1). */
  random: () => number;
  log: Logger;
  metrics: KubeMetrics;
}

export interface Reflector<T> {
  store: Store<T>;
  /** Resolves soon after `signal` aborts; then reports nothing more. Never rejects. A second call joins the first. */
  run(signal: AbortSignal): Promise<void>;
  /** Resolves when the store has a complete list of each namespace. */
  synced: Promise<void>;
  hasSynced(): boolean;
  /** Seconds since the last response or event, in the namespace that was silent longest. Counts from creation. */
  secondsSinceLastEvent(): number;
  /** Reads one object from the API server into the store. Undefined if it is gone, or not selected. */
  refresh: (key: ObjectKey, signal: AbortSignal) => Promise<T | undefined>;
  /** Lists again now. */
  relist(): void;
}

const PAGE_SIZE = 500;
/** Lists at once, for many namespaces: the API server answers 429 to more (API priority and fairness). */
export const MAX_LISTS = 10;
/** The backoff of client-go's reflector. Resets after two minutes without a failure. */
const BACKOFF = { baseMs: 800, maxMs: 30_000 };
const BACKOFF_RESET_MS = 120_000;
/** Minimum time between complete lists, which find missed events; up to half of it is added at random. */
const RELIST_MS = 600_000;

export function createReflector<T extends KubeObject>(options: ReflectorOptions<T>): Reflector<T> {
  const { client, resource, labelSelector, transform = stripManagedFields, clock, metrics, namespaces, log } = options;
  const store = createStore<T>();
  const lists = options.lists ?? createSemaphore(MAX_LISTS);
  const scopes = (namespaces ?? [undefined]).map((namespace): Scope => ({
    namespace,
    heardAt: clock.monotonic(),
    listed: false,
    relist: undefined,
  }));
  let unlisted = scopes.length;
  const synced = Promise.withResolvers<void>();
  const secondsSinceLastEvent = () => Math.max(...scopes.map(({ heardAt }) => (clock.monotonic() - heardAt) / 1000), 0);
  const count = metrics.reflector(resource.plural, secondsSinceLastEvent);
  /** The latest resource version seen. */
  let newest = "";

  function saw(version = "") {
    if (isLater(version, newest) !== false) newest = version;
  }

  /** Whether the API server went back to an older state: `seen` was the latest before a list of `version`. */
  function isRewind(version: string, seen: string): boolean {
    if (isLater(seen, version) !== true) return false;
    log.warn({ resource: resource.plural }, "The API server went back to an older state, which is accepted");
    newest = version;
    return true;
  }

  function report(deltas: Delta<T>[]) {
    for (const { type, object, old } of deltas) {
      try {
        options.onChange(type, object, old);
      } catch (err) {
        log.error({ error: err, resource: resource.plural }, "Change handler threw");
      }
    }
  }

  const relist = () => scopes.forEach((scope) => scope.relist?.());

  const follow = (scope: Scope, signal: AbortSignal) =>
    followScope({ ...options, lists }, scope, signal, {
      failed: () => count.failed(),
      newest: () => newest,
      async replace({ objects, resourceVersion }, seen) {
        const rewound = isRewind(resourceVersion, seen);
        const version = rewound ? undefined : resourceVersion;
        const deltas = store.replace(objects, { namespace: scope.namespace, version });
        // Lets other work go on during the first list, which has all objects. No watch is open yet.
        while (!scope.listed && deltas.length > PAGE_SIZE) {
          report(deltas.splice(0, PAGE_SIZE));
          await nextTurn();
        }
        report(deltas);
        saw(resourceVersion);
        if (!scope.listed) unlisted -= 1;
        scope.listed = true;
        count.listed();
        if (unlisted === 0) synced.resolve();
        if (rewound) options.onRewind?.();
      },
      change({ type, object }) {
        saw(object.metadata.resourceVersion);
        if (type !== "BOOKMARK") report(type === "DELETED" ? store.remove(object) : store.put(object));
      },
    });

  let running: Promise<unknown> | undefined;
  return {
    store: {
      ...store,
      remember(object) {
        saw(object.metadata.resourceVersion);
        store.remember(transform(object));
      },
    },
    synced: synced.promise,
    hasSynced: () => unlisted === 0,
    secondsSinceLastEvent,
    relist,

    async refresh(key, signal) {
      const seen = newest;
      const fieldSelector = `metadata.name=${key.name}`;
      const page = await client.list<T>(resource, { namespace: key.namespace, labelSelector, fieldSelector, signal });
      const [item] = page.items;
      const object = item && transform(item);
      const known = store.get(key);
      if (isRewind(page.resourceVersion, seen)) options.onRewind?.();
      else if (object !== undefined) report(store.put(object));
      else if (known !== undefined) report(store.remove(known));
      return object;
    },

    async run(signal) {
      running ??= Promise.all(scopes.map((scope) => follow(scope, signal)));
      await running;
    },
  };
}

interface Scope {
  namespace: string | undefined;
  /** Monotonic time of the last response or event. */
  heardAt: number;
  listed: boolean;
  /** Ends the watch, so that a list follows. Absent without a watch. */
  relist: (() => void) | undefined;
}

interface Sink<T> {
  /** `seen`: the latest resource version before the list was requested. */
  replace(list: List<T>, seen: string): Promise<void>;
  change(event: WatchEvent<T>): void;
  failed(): void;
  newest(): string;
}

interface List<T> {
  objects: T[];
  resourceVersion: string;
}

async function followScope<T extends KubeObject>(
  options: ReflectorOptions<T> & { lists: Semaphore },
  scope: Scope,
  signal: AbortSignal,
  sink: Sink<T>,
): Promise<void> {
  const { resource, labelSelector, transform = stripManagedFields, clock, random, log } = options;
  const { namespace } = scope;
  /** Start of the next watch. Undefined: list first. */
  let resourceVersion: string | undefined;
  let relistAt = 0;
  const retry = createRetry(clock, random);

  while (!signal.aborted) {
    using watching = linkedController(signal);
    try {
      if (resourceVersion === undefined || clock.monotonic() >= relistAt) {
        const seen = sink.newest();
        const list = await options.lists.run(signal, () => listAll(options, scope, signal));
        resourceVersion = list.resourceVersion;
        relistAt = clock.monotonic() + RELIST_MS * (1 + random() / 2);
        await sink.replace(list, seen);
      }
      scope.relist = () => watching.abort(new Error("to be listed again"));
      const lifeMs = relistAt - clock.monotonic();
      const query = { namespace, labelSelector, resourceVersion, lifeMs, signal: watching.signal };
      for await (const event of watchOnce<T>(options, query)) {
        scope.heardAt = clock.monotonic();
        resourceVersion = event.object.metadata.resourceVersion;
        sink.change(event.type === "BOOKMARK" ? event : { ...event, object: transform(event.object) });
      }
      scope.heardAt = clock.monotonic();
    } catch (error) {
      if (signal.aborted) return;
      if (watching.signal.aborted || leavesDoubt(error)) resourceVersion = undefined;
      if (watching.signal.aborted) continue;
      sink.failed();
      log.warn({ error, resource: resource.plural, namespace }, "Watch failed, trying again");
      await sleep(clock, retry.delayAfter(error), signal);
    } finally {
      scope.relist = undefined;
    }
  }
}

/** An expired version, an unreadable event, or a cut connection: etcd may have been restored, so list again. */
function leavesDoubt(error: unknown): boolean {
  return isGone(error) || (error instanceof KubeError && error.status === 0);
}

async function listAll<T extends KubeObject>(
  options: ReflectorOptions<T>,
  scope: Scope,
  signal: AbortSignal,
): Promise<List<T>> {
  const { client, resource, labelSelector, clock, transform = stripManagedFields } = options;
  const objects: T[] = [];
  let next: string | undefined;
  for (;;) {
    const query = { namespace: scope.namespace, labelSelector, limit: PAGE_SIZE, continue: next, signal };
    const page = await client.list<T>(resource, query);
    scope.heardAt = clock.monotonic();
    objects.push(...page.items.map((item) => deepFreeze(transform(item))));
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
      // An expired version is not an error: list again without a delay, but only once.
      if (isGone(error) && failures === 1) return 0;
      const asked = error instanceof KubeError ? (error.retryAfterMs ?? 0) : 0;
      return Math.max(backoffDelay(failures - 1, BACKOFF, random), asked);
    },
  };
}

function stripManagedFields<T extends KubeObject>(object: T): T {
  const { managedFields: _, ...metadata } = object.metadata as T["metadata"] & { managedFields?: unknown };
  return { ...object, metadata };
}
