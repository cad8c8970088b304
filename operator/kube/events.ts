/**
 * Records Events: https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/. A repeated event
 * increases the count of the existing one, and each object has a rate limit, so that failures do not flood the cluster.
 */

import { randomBytes } from "node:crypto";
import type { Logger } from "pino";
import { abortable, deadline, type Clock } from "../clock.ts";
import type { KubeClient } from "./client.ts";
import { isNotFound } from "./errors.ts";
import { apiVersionOf, microTime, type KubeObject, type Resource } from "./object.ts";

export const EVENTS: Resource = {
  group: "events.k8s.io",
  version: "v1",
  kind: "Event",
  plural: "events",
  namespaced: true,
};

export interface EventDetail<Reason extends string = string> {
  type: "Normal" | "Warning";
  reason: Reason;
  /** The action, as one CamelCase word. */
  action: string;
  /** Message for users, cut to 1 KiB. */
  note: string;
  related?: KubeObject;
}

export interface EventRecorder {
  /** Returns at once and never throws. Events may be lost. */
  record(regarding: KubeObject, detail: EventDetail): void;
  /** Writes all counts. Resolves when all is sent, or after ten seconds. */
  flush(): Promise<void>;
}

export interface EventRecorderOptions {
  client: KubeClient;
  /** "<domain>/<name>" */
  reportingController: string;
  /** Unique to this process. */
  reportingInstance: string;
  clock: Clock;
  log: Logger;
}

interface Series {
  namespace: string;
  name: string;
  count: number;
  /** Milliseconds since the epoch. */
  lastObservedAt: number;
  writtenCount: number;
  /** Monotonic time. */
  writtenAt: number;
}

type Write = (signal: AbortSignal) => Promise<unknown>;

/** A repeat within this time increases the count; a later one creates a new event. */
const SERIES_MS = 600_000;
/** Minimum time between two writes of a count. */
const COUNT_EVERY_MS = 60_000;
/** Rate limit per object, as in client-go: a burst of 25, then one event every five minutes. */
const BURST = 25;
const REFILL_MS = 300_000;
const MAX_TRACKED = 4_096;
const MAX_PENDING = 1_000;
const MAX_NOTE_BYTES = 1_024;
const CALL_TIMEOUT_MS = 5_000;
const FLUSH_TIMEOUT_MS = 10_000;

export function createEventRecorder(options: EventRecorderOptions): EventRecorder {
  const { client, clock, log } = options;
  const allSeries = new Map<string, Series>();
  const allowance = createAllowance(clock);
  let pending = 0;
  /** One call at a time, in order. */
  let line: Promise<unknown> = Promise.resolve();

  function send(write: Write, onFailure: (error: unknown) => void) {
    if (pending >= MAX_PENDING) return onFailure(new Error("too many events are waiting"));
    pending += 1;
    line = line.then(() => deliver(write, onFailure));
  }

  async function deliver(write: Write, onFailure: (error: unknown) => void) {
    using limit = deadline(clock, CALL_TIMEOUT_MS);
    try {
      await write(limit.signal);
    } catch (error) {
      onFailure(error);
    } finally {
      pending -= 1;
    }
  }

  function start(id: string, regarding: KubeObject, detail: EventDetail) {
    if (!allowance.take(regarding.metadata.uid ?? regarding.metadata.name)) return;
    const event = eventOf(options, regarding, detail);
    const { namespace, name } = event.metadata;
    const written = { count: 1, writtenCount: 1, writtenAt: clock.monotonic() };
    remember(allSeries, id, { namespace, name, lastObservedAt: clock.now(), ...written });
    send(
      (signal) => client.create(EVENTS, event, { signal }),
      (err) => {
        allSeries.delete(id);
        log.debug({ error: err }, "Event lost");
      },
    );
  }

  function writeCount(id: string, series: Series) {
    const { namespace, name, count, lastObservedAt } = series;
    const patch = { series: { count, lastObservedTime: microTime(lastObservedAt) } };
    if (count === series.writtenCount) return;
    series.writtenCount = count;
    series.writtenAt = clock.monotonic();
    send(
      (signal) => client.mergePatch(EVENTS, { namespace, name }, patch, { signal }),
      (err) => {
        // The API server deletes events after an hour: the next repeat creates a new one.
        if (isNotFound(err)) allSeries.delete(id);
        log.debug({ error: err }, "Event count lost");
      },
    );
  }

  return {
    record(regarding, detail) {
      const { uid, name } = regarding.metadata;
      const id = [uid ?? name, detail.type, detail.reason, detail.action, cutNote(detail.note)].join("\n");
      const series = allSeries.get(id);
      if (series === undefined || clock.now() - series.lastObservedAt > SERIES_MS) return start(id, regarding, detail);
      series.count += 1;
      series.lastObservedAt = clock.now();
      if (clock.monotonic() - series.writtenAt >= COUNT_EVERY_MS || series.count === 2) writeCount(id, series);
    },
    async flush() {
      for (const [id, series] of allSeries) writeCount(id, series);
      using limit = deadline(clock, FLUSH_TIMEOUT_MS);
      await abortable(line, limit.signal).catch((err: unknown) => log.debug({ error: err }, "Events lost"));
    },
  };
}

function eventOf(
  { reportingController, reportingInstance, clock }: EventRecorderOptions,
  regarding: KubeObject,
  { type, reason, action, note, related }: EventDetail,
) {
  // Events of cluster-scoped objects go to "default", where kubectl describe looks for them.
  const namespace = regarding.metadata.namespace ?? "default";
  const name = `${regarding.metadata.name.slice(0, 230).replace(/[.-]+$/, "")}.${randomBytes(8).toString("hex")}`;
  return {
    apiVersion: apiVersionOf(EVENTS),
    kind: EVENTS.kind,
    metadata: { name, namespace },
    eventTime: microTime(clock.now()),
    reportingController,
    reportingInstance: reportingInstance.slice(0, 128),
    type,
    reason: reason.slice(0, 128),
    action: action.slice(0, 128),
    note: cutNote(note),
    regarding: referenceTo(regarding),
    ...(related === undefined ? {} : { related: referenceTo(related) }),
  };
}

function referenceTo({ apiVersion, kind, metadata: { namespace, name, uid, resourceVersion } }: KubeObject) {
  return { apiVersion, kind, namespace, name, uid, resourceVersion };
}

/** Cuts at a character, within the API server's limit in bytes. */
function cutNote(note: string): string {
  const bytes = Buffer.from(note);
  if (bytes.length <= MAX_NOTE_BYTES) return note;
  return `${bytes
    .subarray(0, MAX_NOTE_BYTES - 6)
    .toString()
    .replace(/\uFFFD+$/, "")}...`;
}

/** A token bucket per object. */
function createAllowance(clock: Clock) {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return {
    take(object: string): boolean {
      const now = clock.monotonic();
      const { tokens, at } = buckets.get(object) ?? { tokens: BURST, at: now };
      const available = Math.min(BURST, tokens + (now - at) / REFILL_MS);
      const taken = available >= 1;
      remember(buckets, object, { tokens: taken ? available - 1 : available, at: now });
      return taken;
    },
  };
}

/** Sets an entry. Removes the oldest one if there are too many. */
function remember<V>(map: Map<string, V>, key: string, value: V) {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > MAX_TRACKED && oldest !== undefined) map.delete(oldest);
}
