/** One reconcile: what it gets, and how it writes the status, finalizer and events of its object. */

import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import { needsReconcile } from "./changes.ts";
import type { KubeClient } from "./client.ts";
import { applyOutcome, findCondition, setCondition, type ConditionDetail, type ShownOutcome } from "./conditions.ts";
import { isConflict, isNotFound, KubeError } from "./errors.ts";
import type { EventDetail, EventRecorder } from "./events.ts";
import { addFinalizer, removeFinalizer, type RemoveOptions } from "./finalizers.ts";
import { parseKey, type ObjectKey, type Resource, type StatusObject } from "./object.ts";
import type { Outcome } from "./outcome.ts";
import { writeStatus } from "./status.ts";
import type { Store } from "./store.ts";

export type StatusOf<T extends StatusObject> = NonNullable<T["status"]>;

export interface ReconcileContext<T extends StatusObject, Reason extends string = string> {
  key: ObjectKey;
  /** As at the start of the reconcile; frozen. */
  object: T;
  /** A draft, written when the reconcile ends. The controller loop sets summary conditions and observedGeneration. */
  status: StatusOf<T>;
  /** Aborts at the deadline and on shutdown. Pass it to every call. */
  signal: AbortSignal;
  log: Logger;
  /** Sets a condition other than the summary conditions in the draft. */
  setCondition: (detail: ConditionDetail<Reason>) => void;
  /** Writes the draft status now, as Reconciling, before a change is made. Writes nothing if nothing differs. */
  progress: (reason: Reason, message: string) => Promise<void>;
  event: (detail: EventDetail<Reason>) => void;
  /**
   * Call before each irreversible step. Reads the object from the API server, since a watch may be silent for minutes,
   * and throws if it is gone, has another uid, or has changed so that a new reconcile is required.
   */
  ensureCurrent: () => Promise<void>;
  ensureFinalizer: () => Promise<void>;
  removeFinalizer: (options?: RemoveOptions) => Promise<void>;
}

export type Reconcile<T extends StatusObject> = (context: ReconcileContext<T>) => Promise<Outcome>;

export interface RunOptions<T extends StatusObject> {
  resource: Resource;
  store: Store<T>;
  /** Reads one object from the API server into the store. Undefined if it is gone, or no longer selected. */
  refresh: (key: ObjectKey, signal: AbortSignal) => Promise<T | undefined>;
  client: KubeClient;
  finalizer: string;
  events: EventRecorder;
  clock: Clock;
}

export interface ReconcileRun<T extends StatusObject> {
  context: ReconcileContext<T>;
  /** Ends the context: its functions throw from now on. */
  close(): void;
  /** A write failed because the object is gone, has another uid or has changed: the store is out of date. */
  isOutdated(): boolean;
  /** Writes the draft with the conditions of `outcome`, if it differs from the present status. */
  writeStatus(outcome: ShownOutcome, signal: AbortSignal): Promise<void>;
}

interface RunInput<T> {
  key: string;
  object: T;
  /** The object is Stalled because of a failure that is still retried. */
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

  /** From the store; undefined if the object is gone, or another one has its name. */
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

  /** Awaits a write to the object. Notes if it fails because the object changed. */
  async function own<R>(call: Promise<R>): Promise<R> {
    try {
      return await call;
    } catch (error) {
      outdated ||= isNotFound(error) || isConflict(error);
      throw error;
    }
  }

  /** Writes status, again after a conflict, unless the object is gone or another one has its name. */
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
        // While it retries, a Stalled object keeps its cause.
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
      async removeFinalizer(remove) {
        const left = await own(removeFinalizer(client, resource, newestWhileOpen(), finalizer, signal, remove));
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
