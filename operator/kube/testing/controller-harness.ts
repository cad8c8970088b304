import { Registry } from "prom-client";
import { onTestFinished } from "vitest";
import { createController, type Controller } from "../controller.ts";
import type { EventDetail } from "../events.ts";
import { createKubeMetrics } from "../metrics.ts";
import type { Condition, ObjectKey } from "../object.ts";
import type { Failure, Outcome } from "../outcome.ts";
import type { Reconcile } from "../reconcile.ts";
import { createStore } from "../store.ts";
import { createTestLog } from "./log.ts";
import { createManualClock } from "./manual-clock.ts";
import { createMemoryClient } from "./memory-client.ts";
import { FINALIZER, WIDGETS, type Widget } from "./objects.ts";

/** An error that the harness classifies as AccessDenied. */
export class Denied extends Error {}

export const DONE: Outcome = { kind: "done", recheckAfterMs: 600_000 };
export const key: ObjectKey = { namespace: "default", name: "a" };

interface StartOptions {
  concurrency?: number;
  /** Called before an object is read from the API server by its name. */
  beforeRefresh?: () => Promise<void> | undefined;
}

/** A controller of Widgets on a manual clock, with an API server in memory. Stops at the end of the test. */
export function controllerHarness() {
  const clock = createManualClock();
  const client = createMemoryClient();
  const store = createStore<Widget>();
  const registry = new Registry();
  const testLog = createTestLog();
  const events: EventDetail[] = [];
  const stop = new AbortController();
  /** Names of the objects reconciled, in order. */
  const seen: string[] = [];
  let running: Promise<void> | undefined;
  let controller: Controller<Widget>;

  onTestFinished(async () => {
    stop.abort();
    await clock.advance(60_000);
    await running;
  });

  function start(reconcile: Reconcile<Widget>, { concurrency = 2, beforeRefresh }: StartOptions = {}) {
    controller = createController<Widget>({
      name: "widget",
      resource: WIDGETS,
      store,
      refresh: async (of) => {
        await beforeRefresh?.();
        return refresh(of);
      },
      client,
      finalizer: FINALIZER,
      reconcile: (context) => {
        seen.push(context.key.name);
        return reconcile(context);
      },
      failureOf,
      concurrency,
      timeoutMs: 60_000,
      stalledAfterMs: 300_000,
      random: () => 0.5,
      clock,
      metrics: createKubeMetrics(registry),
      events: { record: (_, detail) => void events.push(detail), flush: () => Promise.resolve() },
      log: testLog.log,
    });
    running = controller.run(stop.signal);
  }

  /** Reads one object from the API server into the store, as the reflector does. */
  function refresh(of: ObjectKey): Widget | undefined {
    const live: Widget | undefined = client.find(WIDGETS, of);
    const known = store.get(of);
    if (live !== undefined) tell(live);
    else if (known !== undefined) forget(known);
    return live;
  }

  /** Puts an object into the store and reports the changes to the controller, as the reflector does. */
  function tell(object: Widget) {
    for (const change of store.put(object)) controller.onChange(change.type, change.object, change.old);
  }

  /** Removes an object from the store and reports the change to the controller. */
  function forget(object: Widget) {
    for (const change of store.remove(object)) controller.onChange(change.type, change.object, change.old);
  }

  /** Stores an object at the API server and keeps its status, as an edit by a user does. */
  function edit(object: Widget): Widget {
    const { status: current } = client.find(WIDGETS, object.metadata) ?? {};
    return client.seed(WIDGETS, current === undefined ? object : { ...object, status: current });
  }

  const status = (name = "a") => client.find(WIDGETS, { namespace: "default", name })?.status;

  async function metric(name: string, labels: object = {}): Promise<number | undefined> {
    const found = await registry.getSingleMetric(name)?.get();
    return found?.values.find((value) => Object.entries(labels).every(([label, want]) => value.labels[label] === want))
      ?.value;
  }

  return {
    clock,
    client,
    store,
    testLog,
    events,
    stop,
    seen,
    start,
    /** Resolves when the controller has stopped. */
    stopped: () => running,
    tell,
    forget,
    edit,
    /** An edit that the controller learns of at once. */
    apply: (object: Widget) => tell(edit(object)),
    status,
    /** The conditions of object `a`, as "type=status reason". */
    conditions: () =>
      (status()?.conditions ?? []).map(({ type, status: value, reason }: Condition) => `${type}=${value} ${reason}`),
    statusWrites: () => client.calls.filter(({ subresource }) => subresource === "status"),
    metric,
  };
}

function failureOf(error: unknown): Failure {
  if (error instanceof Denied) return { reason: "AccessDenied", message: "s3:PutObject is missing" };
  throw error;
}
