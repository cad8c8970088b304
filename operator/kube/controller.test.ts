import { Registry } from "prom-client";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createController, type Controller } from "./controller.ts";
import { errorOfStatus } from "./errors.ts";
import type { EventDetail } from "./events.ts";
import { LeadLostError } from "./leader-election.ts";
import { createKubeMetrics } from "./metrics.ts";
import type { Condition, ObjectKey } from "./object.ts";
import type { Failure, Outcome } from "./outcome.ts";
import type { Reconcile, ReconcileContext } from "./reconcile.ts";
import { stalled } from "../reconcile/outcome.ts";
import { createStore, type WatchedStore } from "./store.ts";
import { createTestLog, type TestLog } from "./testing/log.ts";
import { createManualClock, settle, type ManualClock } from "./testing/manual-clock.ts";
import { createMemoryClient, refusal, type MemoryClient } from "./testing/memory-client.ts";
import { FINALIZER, WIDGETS, widget, type Widget } from "./testing/objects.ts";

class Denied extends Error {}

const DONE: Outcome = { kind: "done", recheckAfterMs: 600_000 };
const key = { namespace: "default", name: "a" };

let clock: ManualClock;
let client: MemoryClient;
let store: WatchedStore<Widget>;
let registry: Registry;
let testLog: TestLog;
let events: EventDetail[];
let stop: AbortController;
let running: Promise<void>;
let controller: Controller<Widget>;
/** Called before each look at one object. */
let refreshing: (() => Promise<void> | undefined) | undefined;
/** Names of the objects reconciled, in order. */
let seen: string[];

function start(reconcile: Reconcile<Widget>, { concurrency = 2 } = {}) {
  controller = createController<Widget>({
    name: "widget",
    resource: WIDGETS,
    store,
    refresh,
    client,
    finalizer: FINALIZER,
    reconcile: (context) => {
      seen.push(context.key.name);
      return reconcile(context);
    },
    failureOf: (error): Failure => {
      if (error instanceof Denied) return { reason: "AccessDenied", message: "s3:PutObject is missing" };
      throw error;
    },
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

/** As the reflector does it. */
async function refresh(of: ObjectKey): Promise<Widget | undefined> {
  await refreshing?.();
  const live: Widget | undefined = client.find(WIDGETS, of);
  const known = store.get(of);
  const changes = live !== undefined ? store.put(live) : known !== undefined ? store.remove(known) : [];
  for (const change of changes) controller.onChange(change.type, change.object, change.old);
  return live;
}

/** Stores an object at the server, status aside, as a person would. */
function edit(object: Widget): Widget {
  const { status: current } = client.find(WIDGETS, object.metadata) ?? {};
  return client.seed(WIDGETS, current === undefined ? object : { ...object, status: current });
}

/** Tells the controller, as its reflector would. */
function tell(object: Widget) {
  for (const change of store.put(object)) controller.onChange(change.type, change.object, change.old);
}

const apply = (object: Widget) => tell(edit(object));

const status = (name = "a") => client.find(WIDGETS, { namespace: "default", name })?.status;
const brief = () =>
  (status()?.conditions ?? []).map(({ type, status: value, reason }: Condition) => `${type}=${value} ${reason}`);
const writes = () => client.calls.filter(({ subresource }) => subresource === "status");
async function metric(name: string, labels: object = {}): Promise<number | undefined> {
  const found = await registry.getSingleMetric(name)?.get();
  return found?.values.find((value) => Object.entries(labels).every(([label, want]) => value.labels[label] === want))
    ?.value;
}

beforeEach(() => {
  clock = createManualClock();
  client = createMemoryClient();
  store = createStore();
  registry = new Registry();
  testLog = createTestLog();
  events = [];
  seen = [];
  refreshing = undefined;
  stop = new AbortController();
});

afterEach(async () => {
  stop.abort();
  await clock.advance(60_000);
  await running;
});

describe("how a reconcile ends", () => {
  test("done: Ready, one write, one event, then a look every recheck and no write", async () => {
    start(async () => DONE);
    apply(widget("a"));
    await settle();
    expect(brief()).toEqual(["Ready=True Succeeded"]);
    expect(status()?.observedGeneration).toBe(1);
    expect(events).toMatchObject([{ type: "Normal", reason: "Succeeded" }]);
    await clock.advance(599_999);
    expect(seen).toHaveLength(1);
    await clock.advance(1);
    await clock.advance(1_200_000);
    expect(seen).toHaveLength(4);
    expect(writes()).toHaveLength(1);
    expect(events).toHaveLength(1);
    expect(await metric("controller_runtime_reconcile_total", { result: "success" })).toBe(4);
  });

  test("again and waiting: looked at when they say so", async () => {
    const endings: Outcome[] = [
      { kind: "again", afterMs: 5_000, reason: "Settling", message: "m" },
      { kind: "waiting", afterMs: 30_000, reason: "ReferenceNotFound", message: "m" },
      DONE,
    ];
    start(async () => endings.shift() ?? DONE);
    apply(widget("a"));
    await settle();
    expect(brief()).toEqual(["Reconciling=True Settling", "Ready=Unknown Settling"]);
    await clock.advance(5_000);
    expect(brief()).toEqual(["Reconciling=True ReferenceNotFound", "Ready=False ReferenceNotFound"]);
    await clock.advance(29_999);
    expect(seen).toHaveLength(2);
    await clock.advance(1);
    expect(brief()).toEqual(["Ready=True Succeeded"]);
    expect(await metric("controller_runtime_reconcile_total", { result: "requeue_after" })).toBe(2);
  });

  test("terminal: Stalled, a warning, and not looked at until it changes, or slowly", async () => {
    start(async ({ object }) =>
      object.spec?.size === 2 ? DONE : Promise.reject(stalled("BucketNotOwned", "m", 3_600_000)),
    );
    apply(widget("a"));
    await clock.advance(3_599_000);
    expect(brief()).toEqual(["Stalled=True BucketNotOwned", "Ready=False BucketNotOwned"]);
    expect(seen).toHaveLength(1);
    await clock.advance(1_000);
    expect(seen).toHaveLength(2);
    expect(writes()).toHaveLength(1);
    apply({ ...widget("a"), spec: { size: 2 } });
    await settle();
    expect(brief()).toEqual(["Ready=True Succeeded"]);
    expect(status()?.observedGeneration).toBe(2);
    expect(events.map(({ type, reason }) => `${type} ${reason}`)).toEqual([
      "Warning BucketNotOwned",
      "Normal Succeeded",
    ]);
    expect(await metric("controller_runtime_terminal_reconcile_errors_total")).toBe(2);
  });

  test("a failure: retried with backoff; a hundred of them are two writes, one event and a hundred log lines", async () => {
    start(() => Promise.reject(new Denied(`request ${Math.random()}`)));
    apply(widget("a"));
    await clock.advance(299_999);
    expect(brief()).toEqual(["Reconciling=True ProgressingWithRetry", "Ready=False AccessDenied"]);
    while (seen.length < 100) await clock.advance(60_000);
    expect(brief()).toEqual(["Stalled=True AccessDenied", "Ready=False AccessDenied"]);
    expect(writes()).toHaveLength(2);
    expect(events).toMatchObject([{ type: "Warning", reason: "AccessDenied", note: "s3:PutObject is missing" }]);
    expect(testLog.lines.filter(({ msg }) => /^Reconcile (failed|stalled)$/.test(String(msg)))).toHaveLength(100);
  });

  test("a recovery makes an event, and starts the backoff over", async () => {
    let failing = true;
    start(() => (failing ? Promise.reject(new Denied()) : Promise.resolve(DONE)));
    apply(widget("a"));
    for (let i = 0; i < 20; i += 1) await clock.advance(60_000);
    failing = false;
    await clock.advance(300_000);
    expect(events.map(({ reason }) => reason)).toEqual(["AccessDenied", "Succeeded"]);
    failing = true;
    const before = seen.length;
    while (seen.length === before) await clock.advance(1_000);
    await clock.advance(10_000);
    expect(seen.length - before).toBeGreaterThanOrEqual(4);
  });

  test("retryAfterMs beats the backoff; zero is no hot loop", async () => {
    let asked = 0;
    const errorWith = (retryAfterMs: number) => errorOfStatus("get", 429, undefined, String(retryAfterMs / 1000));
    start(() => {
      asked += 1;
      return Promise.reject(asked === 1 ? errorWith(50_000) : errorWith(0));
    });
    apply(widget("a"));
    await clock.advance(49_999);
    expect(asked).toBe(1);
    await clock.advance(1);
    expect(asked).toBe(2);
    await clock.advance(999);
    expect(asked).toBe(2);
    await clock.advance(1);
    expect(asked).toBe(3);
  });

  test("a conflict is quiet: no status, no event, no error in the log, and soon tried again", async () => {
    let conflicts = 2;
    start(() => ((conflicts -= 1) >= 0 ? Promise.reject(refusal(409, "Conflict")) : Promise.resolve(DONE)));
    apply(widget("a"));
    await settle();
    expect(status()).toBeUndefined();
    await clock.advance(3_000);
    expect(brief()).toEqual(["Ready=True Succeeded"]);
    expect(events).toHaveLength(1);
    expect(testLog.lines.filter(({ level }) => Number(level) >= 50)).toEqual([]);
    expect(await metric("controller_runtime_reconcile_total", { result: "requeue" })).toBe(2);
  });

  test("paused: nothing changes but a condition, and nothing follows", async () => {
    start(async ({ object }) => (object.metadata.annotations?.["paused"] ? { kind: "paused" } : DONE));
    apply(widget("a"));
    await settle();
    apply({ ...widget("a", { annotations: { paused: "true" } }), spec: { size: 2 } });
    await clock.advance(3_600_000);
    expect(brief()).toEqual(["Ready=True Succeeded", "Paused=True Paused"]);
    expect(status()?.observedGeneration).toBe(1);
    expect(seen).toHaveLength(2);
    apply({ ...widget("a", {}), spec: { size: 2 } });
    await settle();
    expect(brief()).toEqual(["Ready=True Succeeded"]);
    expect(status()?.observedGeneration).toBe(2);
  });

  test("released: the finalizer is gone, and no status is written after it", async () => {
    start(async (context) => {
      await context.removeFinalizer();
      return { kind: "released" };
    });
    apply(widget("a", { finalizers: [FINALIZER], deletionTimestamp: "2026-01-01T00:00:00Z" }));
    await clock.advance(3_600_000);
    expect(client.find(WIDGETS, key)).toBeUndefined();
    expect(client.calls.map(({ verb, subresource }) => [verb, subresource])).toEqual([["patch", undefined]]);
    expect(seen).toHaveLength(1);
  });

  test.each([[undefined], ["a string"], [null], [new TypeError("x is not a function")]])(
    "thrown %s: a panic, counted, on record, and the loop goes on",
    async (thrown) => {
      start(({ key: { name } }) => {
        return name === "a" ? Promise.reject(thrown) : Promise.resolve(DONE);
      });
      apply(widget("a"));
      apply(widget("b"));
      await settle();
      expect(brief()).toContain("Ready=False InternalError");
      expect(status("b")?.observedGeneration).toBe(1);
      expect(await metric("controller_runtime_reconcile_panics_total")).toBe(1);
      expect(await metric("controller_runtime_active_workers")).toBe(0);
    },
  );
});

describe("the status write", () => {
  test("takes the draft along", async () => {
    start(async ({ status: draft, setCondition }) => {
      draft.size = 7;
      setCondition({ type: "KeyUsable", status: "True", reason: "KeyEnabled", message: "" });
      return DONE;
    });
    apply(widget("a"));
    await settle();
    expect(status()).toMatchObject({ size: 7 });
    expect(brief()).toEqual(["Ready=True Succeeded", "KeyUsable=True KeyEnabled"]);
  });

  test("that fails is tried again, with backoff, until it is on record", async () => {
    let failures = 3;
    client.interfere = ({ subresource }) => {
      if (subresource === "status" && (failures -= 1) >= 0) throw refusal(500, "InternalError");
    };
    start(async () => DONE);
    apply(widget("a"));
    await settle();
    expect(events).toEqual([]);
    await clock.advance(10_000);
    expect(brief()).toEqual(["Ready=True Succeeded"]);
    expect(seen).toHaveLength(4);
    expect(events).toHaveLength(1);
  });

  test("whose answer is lost is repeated without harm", async () => {
    client.interfere = () => {
      client.interfere = undefined;
      return Promise.resolve("lost");
    };
    start(async () => DONE);
    apply(widget("a"));
    await clock.advance(10_000);
    expect(brief()).toEqual(["Ready=True Succeeded"]);
  });

  test("that hangs has its own deadline, and the key is free again", async () => {
    client.interfere = ({ subresource }, signal) => {
      client.interfere = undefined;
      return subresource === "status"
        ? new Promise((_, reject) => {
            signal?.addEventListener("abort", () => reject(signal.reason as Error));
          })
        : undefined;
    };
    start(async () => DONE);
    apply(widget("a"));
    await clock.advance(20_000);
    expect(brief()).toEqual(["Ready=True Succeeded"]);
  });

  test("of an object that has gone meanwhile does not happen", async () => {
    start(async () => {
      for (const change of store.remove(store.list()[0] as Widget))
        controller.onChange(change.type, change.object, change.old);
      return DONE;
    });
    apply(widget("a"));
    await clock.advance(60_000);
    expect(writes()).toEqual([]);
    expect(seen).toHaveLength(1);
  });
});

describe("a store that is behind the API server", () => {
  const deletionTimestamp = "2026-01-01T00:00:00Z";

  /** The object as the API server has it, of which the watch has told nothing. */
  function meanwhile(metadata: Partial<Widget["metadata"]>) {
    client.remove(WIDGETS, key);
    client.seed(WIDGETS, widget("a", metadata));
  }

  test("a status is never written to another object of that name, and the other one is looked at", async () => {
    let first = true;
    start(async ({ status: draft, object }) => {
      if (first) meanwhile({ uid: "another" });
      first = false;
      draft.size = object.metadata.uid === "another" ? 2 : 1;
      return DONE;
    });
    apply(widget("a"));
    await settle();
    expect(seen).toHaveLength(2);
    expect(client.find(WIDGETS, key)?.metadata.uid).toBe("another");
    expect(status()).toMatchObject({ size: 2 });
    expect(writes()).toHaveLength(2);
  });

  test("an edit in the meantime costs one more look, and no status", async () => {
    let first = true;
    start(async ({ object }) => {
      if (first) client.seed(WIDGETS, { ...object, metadata: { ...object.metadata, labels: { by: "another" } } });
      first = false;
      return DONE;
    });
    apply(widget("a"));
    await settle();
    expect(brief()).toEqual(["Ready=True Succeeded"]);
    expect(seen).toHaveLength(1);
    expect(writes()).toHaveLength(2);
  });

  test("an object that is not there any more is given up at the first refusal", async () => {
    start(async () => {
      client.remove(WIDGETS, key);
      return DONE;
    });
    apply(widget("a"));
    await clock.advance(600_000);
    expect(seen).toHaveLength(1);
    expect(store.list()).toEqual([]);
  });

  test.each<[string, Partial<Widget["metadata"]> | undefined]>([
    ["gone", undefined],
    ["another one", { uid: "another", finalizers: [FINALIZER] }],
    ["not being deleted any more", { finalizers: [FINALIZER] }],
    ["edited", { finalizers: [FINALIZER], deletionTimestamp, generation: 2 }],
    ["annotated otherwise", { finalizers: [FINALIZER], deletionTimestamp, annotations: { confirmed: "no" } }],
  ])("a step that cannot be undone is not taken for an object that is %s", async (_, live) => {
    let destroyed = false;
    let looks = 0;
    start(async ({ ensureCurrent }) => {
      looks += 1;
      if (looks > 1) return DONE;
      if (live === undefined) client.remove(WIDGETS, key);
      else meanwhile(live);
      await ensureCurrent();
      destroyed = true;
      return DONE;
    });
    apply(widget("a", { finalizers: [FINALIZER], deletionTimestamp }));
    await clock.advance(10_000);
    expect(destroyed).toBe(false);
    // By its news, and after the backoff; of one that is gone there is nothing to look at.
    expect(looks).toBe(live === undefined ? 1 : 3);
  });

  test("a step that cannot be undone is taken for the very object", async () => {
    let steps = 0;
    start(async ({ ensureCurrent, status: draft, progress }) => {
      await ensureCurrent();
      draft.size = 1;
      await progress("Emptying", "m");
      await ensureCurrent();
      steps += 1;
      return DONE;
    });
    apply(widget("a", { finalizers: [FINALIZER], deletionTimestamp }));
    await settle();
    expect(steps).toBe(1);
  });

  test("and cannot be read: no step, and another try", async () => {
    let steps = 0;
    let looks = 0;
    refreshing = () => ((looks += 1) === 1 ? Promise.reject(refusal(503, "ServiceUnavailable")) : undefined);
    start(async ({ ensureCurrent }) => {
      await ensureCurrent();
      steps += 1;
      return DONE;
    });
    apply(widget("a"));
    await settle();
    expect(steps).toBe(0);
    await clock.advance(10_000);
    expect(steps).toBe(1);
  });
});

describe("progress", () => {
  test("is on record before the work, once, and then replaced by the end", async () => {
    const before: string[][] = [];
    start(async ({ progress, status: draft }) => {
      draft.size = 3;
      await progress("Creating", "Creating the bucket.");
      before.push(brief());
      await progress("Creating", "Creating the bucket.");
      return DONE;
    });
    apply(widget("a"));
    await settle();
    expect(before).toEqual([["Reconciling=True Progressing", "Ready=Unknown Creating"]]);
    expect(brief()).toEqual(["Ready=True Succeeded"]);
    expect(status()).toMatchObject({ size: 3 });
    expect(writes()).toHaveLength(2);
    expect(events).toMatchObject([{ reason: "Succeeded" }]);
  });

  test("while failing the object keeps saying why, and is not rewritten at each try", async () => {
    start(async ({ progress }) => {
      await progress("Creating", "Creating the bucket.");
      throw new Denied();
    });
    apply(widget("a"));
    for (let i = 0; i < 4; i += 1) await clock.advance(60_000);
    expect(seen.length).toBeGreaterThan(5);
    expect(writes()).toHaveLength(2);
    expect(brief()).toEqual(["Reconciling=True ProgressingWithRetry", "Ready=False AccessDenied"]);
    for (let i = 0; i < 10; i += 1) await clock.advance(60_000);
    expect(writes()).toHaveLength(3);
    expect(brief()).toEqual(["Stalled=True AccessDenied", "Ready=False AccessDenied"]);
    expect(events).toHaveLength(1);
  });

  test("fails when the object has gone: nothing may be created for it any more", async () => {
    let created = false;
    start(async ({ progress }) => {
      store.remove(store.list()[0] as Widget);
      await progress("Creating", "Creating the bucket.");
      created = true;
      return DONE;
    });
    apply(widget("a"));
    await clock.advance(60_000);
    expect(created).toBe(false);
  });
});

describe("what a reconcile is given", () => {
  test("cannot be used to change the store", async () => {
    start(async ({ object }) => {
      object.metadata.labels = {};
      return DONE;
    });
    apply(widget("a"));
    await settle();
    expect(brief()).toContain("Ready=False InternalError");
  });

  test("a finalizer to add and take away", async () => {
    start(async ({ ensureFinalizer }) => {
      await ensureFinalizer();
      await ensureFinalizer();
      return DONE;
    });
    apply(widget("a"));
    await settle();
    expect(client.find(WIDGETS, key)?.metadata.finalizers).toEqual([FINALIZER]);
    expect(client.calls.filter(({ subresource }) => subresource === undefined)).toHaveLength(1);
    expect(seen).toHaveLength(1);
  });

  test("a log that names controller and object", async () => {
    start(async ({ log }) => {
      log.info("Looked");
      return DONE;
    });
    apply(widget("a"));
    await settle();
    expect(testLog.lines.find(({ msg }) => msg === "Looked")).toMatchObject({
      controller: "widget",
      controllerGroup: "example.org",
      controllerKind: "Widget",
      namespace: "default",
      name: "a",
      reconcileID: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    });
  });
});

describe("a reconcile that outlives its deadline", () => {
  test("and heeds its signal is a failure that says so", async () => {
    start(
      ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason as Error));
        }),
    );
    apply(widget("a"));
    await clock.advance(60_000);
    expect(brief()).toEqual(["Reconciling=True ProgressingWithRetry", "Ready=False DeadlineExceeded"]);
    expect(await metric("controller_runtime_reconcile_timeouts_total")).toBe(1);
  });

  test("and ignores its signal is given up, others go on, and its key stays locked until it ends", async () => {
    const stuck = Promise.withResolvers<Outcome>();
    let late: ReconcileContext<Widget> | undefined;
    start(
      (context) => {
        if (context.key.name !== "a" || late !== undefined) return Promise.resolve(DONE);
        late = context;
        return stuck.promise;
      },
      { concurrency: 1 },
    );
    apply(widget("a"));
    await clock.advance(65_000);
    expect(brief()).toEqual(["Reconciling=True ProgressingWithRetry", "Ready=False DeadlineExceeded"]);
    apply(widget("b"));
    apply(widget("a", { generation: 1 }, { spec: { size: 2 } }));
    await clock.advance(600_000);
    expect(seen.filter((name) => name === "a")).toHaveLength(1);
    expect(status("b")?.observedGeneration).toBe(1);

    const writesBefore = client.calls.length;
    await expect(late?.progress("Creating", "late")).rejects.toThrow("This reconcile has ended");
    late?.event({ type: "Normal", reason: "Late", action: "Reconcile", note: "" });
    expect(client.calls).toHaveLength(writesBefore);
    expect(events.map(({ reason }) => reason)).not.toContain("Late");

    stuck.resolve(DONE);
    await settle();
    expect(seen.filter((name) => name === "a")).toHaveLength(2);
    expect(brief()).toEqual(["Ready=True Succeeded"]);
  });
});

describe("an edit", () => {
  test("during a reconcile brings it back at once", async () => {
    const first = Promise.withResolvers<Outcome>();
    start(() => (seen.length === 1 ? first.promise : Promise.resolve(DONE)));
    apply(widget("a"));
    await settle();
    apply({ ...widget("a"), spec: { size: 2 } });
    await settle();
    expect(seen).toHaveLength(1);
    first.resolve(DONE);
    await settle();
    expect(seen).toHaveLength(2);
    expect(status()?.observedGeneration).toBe(2);
  });

  test("that our own status write answered with first is not lost", async () => {
    const first = Promise.withResolvers<Outcome>();
    start(() => (seen.length === 1 ? first.promise : Promise.resolve(DONE)));
    apply(widget("a"));
    await settle();
    // The edit reaches the server, its watch event is late, and the status write's answer contains it.
    const edited = edit({ ...widget("a"), spec: { size: 2 } });
    first.resolve(DONE);
    await settle();
    expect(store.get(key)?.spec?.size).toBe(2);
    tell(edited);
    await settle();
    expect(seen).toHaveLength(2);
    expect(status()?.observedGeneration).toBe(2);
  });

  test("cuts a backoff short", async () => {
    start(({ object }) => (object.spec?.size === 2 ? Promise.resolve(DONE) : Promise.reject(new Denied())));
    apply(widget("a"));
    for (let i = 0; i < 20; i += 1) await clock.advance(60_000);
    apply({ ...widget("a"), spec: { size: 2 } });
    await settle();
    expect(brief()).toEqual(["Ready=True Succeeded"]);
  });

  test("goes before resyncs", async () => {
    const gate = Promise.withResolvers<Outcome>();
    start(() => (seen.length === 1 ? gate.promise : Promise.resolve(DONE)), { concurrency: 1 });
    apply(widget("first"));
    for (let i = 0; i < 50; i += 1) apply(widget(`old-${i}`, {}, { status: { observedGeneration: 1 } }));
    apply(widget("new"));
    gate.resolve(DONE);
    await settle();
    expect(seen[1]).toBe("new");
    expect(seen).toHaveLength(52);
  });
});

describe("a lost lead", () => {
  test("ends all work at once, and writes nothing more", async () => {
    let aborted = 0;
    start(async ({ signal, progress }) => {
      signal.addEventListener("abort", () => void (aborted += 1));
      await new Promise((resolve) => setTimeout(resolve, 10));
      await progress("Creating", "m");
      return DONE;
    });
    apply(widget("a"));
    apply(widget("b"));
    await settle();
    stop.abort(new LeadLostError("lost"));
    await running;
    expect(aborted).toBe(2);
    expect(client.calls).toEqual([]);
    expect(events).toEqual([]);
    expect(clock.timers()).toBe(0);
  });

  test("also ends a status write under way", async () => {
    let ended = false;
    client.interfere = (_, signal) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener("abort", () => {
          ended = true;
          reject(signal.reason as Error);
        });
      });
    start(async () => DONE);
    apply(widget("a"));
    await settle();
    stop.abort(new LeadLostError("lost"));
    await running;
    expect(ended).toBe(true);
    expect(status()).toBeUndefined();
  });
});

describe("shutdown", () => {
  test("lets reconciles end, and starts no other", async () => {
    const work = Promise.withResolvers<Outcome>();
    start(() => work.promise, { concurrency: 1 });
    apply(widget("a"));
    apply(widget("b"));
    await settle();
    stop.abort();
    await clock.advance(10_000);
    work.resolve(DONE);
    await running;
    expect(brief()).toEqual(["Ready=True Succeeded"]);
    expect(seen).toEqual(["a"]);
  });

  test("aborts them after the drain time, without blaming the object", async () => {
    start(
      ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason as Error));
        }),
    );
    apply(widget("a"));
    await settle();
    stop.abort();
    await clock.advance(20_000);
    await running;
    expect(status()).toBeUndefined();
    expect(events).toEqual([]);
  });

  test("is not held up by one that never ends", async () => {
    start(() => new Promise(() => {}));
    apply(widget("a"));
    await settle();
    stop.abort();
    await clock.advance(25_000);
    await running;
    expect(status()).toBeUndefined();
  });
});
