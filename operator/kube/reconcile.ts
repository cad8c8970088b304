/** What a reconcile is given, and what it may do to its object: its status, its finalizer, its events. */

import type { Logger } from "pino";
import type { KubeClient } from "./client.ts";
import type { Clock } from "../clock.ts";
import { needsReconcile } from "./changes.ts";
import { applyOutcome, findCondition, setCondition, type ConditionDetail, type ShownOutcome } from "./conditions.ts";
import { isConflict, isNotFound, KubeError } from "./errors.ts";
import type { EventDetail, EventRecorder } from "./events.ts";
import { addFinalizer, removeFinalizer } from "./finalizers.ts";
import { parseKey, type ObjectKey, type Resource, type StatusObject } from "./object.ts";
import type { Outcome } from "./outcome.ts";
import { writeStatus } from "./status.ts";
import type { Store } from "./store.ts";

export type StatusOf<T extends StatusObject> = NonNullable<T["status"]>;

export interface ReconcileContext<T extends StatusObject, Reason extends string = string> {
  key: ObjectKey;
  /** As the reconcile began; frozen. */
  object: T;
  /** A draft, written when the reconcile ends. Summary conditions and observedGeneration are not the reconciler's. */
  status: StatusOf<T>;
  /** Aborts at the deadline and on shutdown; to be passed to every call. */
  signal: AbortSignal;
  log: Logger;
  /** Sets a detail condition of the reconciler's own in the draft. */
  setCondition: (detail: ConditionDetail<Reason>) => void;
  /**
   * Puts on record that something is about to be changed: writes the draft at once, no longer Ready. Nothing is written if the
   * object says so already and the draft has nothing new.
   */
  progress: (reason: Reason, message: string) => Promise<void>;
  event: (detail: EventDetail<Reason>) => void;
  /**
   * To be called right before each step that cannot be undone: reads the object from the API server, and ends the reconcile if the object is
   * gone, is another one of that name, or has changed in a way that calls for a new reconcile. A watch may be silent for minutes.
   */
  ensureCurrent: () => Promise<void>;
  ensureFinalizer: () => Promise<void>;
  removeFinalizer: () => Promise<void>;
}

export type Reconcile<T extends StatusObject> = (context: ReconcileContext<T>) => Promise<Outcome>;

export interface RunOptions<T extends StatusObject> {
  resource: Resource;
  store: Store<T>;
  /** Reads one object from the API server into the store; undefined: it is gone, or no longer selected. */
  refresh: (key: ObjectKey, signal: AbortSignal) => Promise<T | undefined>;
  client: KubeClient;
  finalizer: string;
  events: EventRecorder;
  clock: Clock;
}

/** One reconcile of one object. */
export interface ReconcileRun<T extends StatusObject> {
  context: ReconcileContext<T>;
  /** From now on the context refuses to do anything: its reconcile is over, or given up. */
  close(): void;
  /** A write was refused because the object is gone, is another one or was changed: what the store has of it is out of date. */
  isOutdated(): boolean;
  /** Writes the draft as `outcome` leaves it, if that differs from what is there. */
  writeStatus(outcome: ShownOutcome, signal: AbortSignal): Promise<void>;
}

interface RunInput<T> {
  key: string;
  object: T;
  /** It is Stalled by now, by a failure that lasts and is tried again. */
  isFailing: boolean;
  signal: AbortSignal;
  log: Logger;
}

const MAX_CONFLICTS = 5;

export function createRun<T extends StatusObject>(
  { resource, store, refresh, client, finalizer, events, clock }: RunOptions<T>,
  { key, object, isFailing, signal, log }: RunInput<T>,
): ReconcileRun<T> {
  const { generation = 0, uid } = object.metadata;
  const draft = structuredClone(object.status ?? {}) as StatusOf<T>;
  let open = true;
  let outdated = false;

  /** The newest state known; undefined if the object is gone, or another one has its name. */
  function newest(): T | undefined {
    const stored = store.get(object.metadata);
    return stored?.metadata.uid === uid ? stored : undefined;
  }

  function newestWhileOpen(): T {
    if (!open) throw new Error("This reconcile has ended");
    const current = newest();
    if (current === undefined) throw new KubeError(`reconcile ${key}`, 404, "NotFound", "the object is gone");
    return current;
  }

  /** A write to the object itself, whose refusal is news about it. */
  async function own<R>(call: Promise<R>): Promise<R> {
    try {
      return await call;
    } catch (error) {
      outdated ||= isNotFound(error) || isConflict(error);
      throw error;
    }
  }

  /** A change of the object in the meantime is no reason not to write; that it is gone, or another one has its name, is. */
  async function write(next: object, writeSignal: AbortSignal) {
    let conflicts = 0;
    for (let current = newest(); current !== undefined;) {
      try {
        const answer = await writeStatus(client, resource, current, next, writeSignal);
        if (answer !== undefined) store.remember(answer);
        return;
      } catch (error) {
        conflicts += 1;
        if (!isConflict(error) || conflicts > MAX_CONFLICTS) throw error;
        await refresh(object.metadata, writeSignal);
        current = newest();
        if (current === undefined) throw error;
      }
    }
  }

  async function ensureCurrent() {
    newestWhileOpen();
    const live = await refresh(object.metadata, signal);
    if (live === undefined || live.metadata.uid !== uid || needsReconcile(object, live, finalizer))
      throw new KubeError(`reconcile ${key}`, 409, "Conflict", "the object is no longer the one that was read");
  }

  return {
    context: {
      key: parseKey(key),
      object,
      status: draft,
      signal,
      log,
      setCondition(detail) {
        draft.conditions = setCondition(draft.conditions, detail, generation, clock.now());
      },
      async progress(reason, message) {
        const current = newestWhileOpen();
        const recorded = findCondition(current.status, "Reconciling")?.observedGeneration === generation;
        // While failing and trying again, the object keeps saying why.
        if (!recorded && !isFailing)
          Object.assign(draft, applyOutcome(draft, { kind: "progress", reason, message }, generation, clock.now()));
        await own(write(draft, signal));
      },
      event(detail) {
        if (open) events.record(object, detail);
      },
      ensureCurrent,
      async ensureFinalizer() {
        store.remember(await own(addFinalizer(client, resource, newestWhileOpen(), finalizer, signal)));
      },
      async removeFinalizer() {
        const left = await own(removeFinalizer(client, resource, newestWhileOpen(), finalizer, signal));
        if (left === undefined) outdated = true;
        else store.remember(left);
      },
    },
    close: () => {
      open = false;
    },
    isOutdated: () => outdated,
    writeStatus: (outcome, writeSignal) =>
      own(write(applyOutcome(draft, outcome, generation, clock.now()), writeSignal)),
  };
}
