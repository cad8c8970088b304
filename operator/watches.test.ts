import { describe, expect, onTestFinished, test } from "vitest";
import { GROUP } from "./api/names.ts";
import { REASON } from "./api/reasons.ts";
import { systemClock } from "./clock.ts";
import type { KubeClient, WatchEvent } from "./kube/client.ts";
import type { KubeObject } from "./kube/object.ts";
import { eventually } from "./kube/testing/eventually.ts";
import { createTestLog } from "./kube/testing/log.ts";
import { testMetrics } from "./kube/testing/objects.ts";
import { createWatches, runWatches, type Handlers } from "./watches.ts";

type Kind = "namespaces" | "s3buckets" | "bucketaccesses" | "awsaccounts";

function object(kind: string, metadata: Partial<KubeObject["metadata"]>, rest: object = {}): KubeObject {
  const name = metadata.name ?? "x";
  const apiVersion = kind === "Namespace" ? "v1" : `${GROUP}/v1alpha1`;
  const identity = { name, uid: `${kind}/${metadata.namespace}/${name}`, resourceVersion: "1", generation: 1 };
  return { apiVersion, kind, metadata: { ...identity, ...metadata }, ...rest };
}

const account = (name: string) => object("AWSAccount", { name }, { spec: { accountId: "111122223333", region: "r" } });
const namespace = (name: string) => object("Namespace", { name, labels: { team: name } });
const bucket = (namespace: string, name = "docs", reason = "Succeeded") =>
  object("S3Bucket", { namespace, name }, { spec: {}, status: { conditions: [{ type: "Ready", reason }] } });
const access = (namespace: string, name = "app", spec: object = { bucketRef: { name: "docs" } }) =>
  object("BucketAccess", { namespace, name }, { spec: { serviceAccountRefs: [{ name: "app" }], ...spec } });

/** An API server in memory: pages of lists take a turn of the event loop, watches send what `emit` gets. */
function apiServer(objects: Record<Kind, KubeObject[]>) {
  const emitters = new Map<string, (event: WatchEvent<KubeObject>) => void>();
  const state = { listing: 0, mostListing: 0 };
  const client: Pick<KubeClient, "list" | "watch"> = {
    async list(resource, { namespace, limit = 500, continue: next = "0" } = {}) {
      state.listing += 1;
      state.mostListing = Math.max(state.mostListing, state.listing);
      await new Promise((resolve) => setImmediate(resolve));
      state.listing -= 1;
      const all = objects[resource.plural as Kind];
      const listed = namespace === undefined ? all : all.filter(({ metadata }) => metadata.namespace === namespace);
      const end = Number(next) + limit;
      // New objects, as parsed from an answer.
      const items = structuredClone(listed.slice(Number(next), end)) as never[];
      return { items, resourceVersion: "1", ...(end < listed.length && { continue: String(end) }) };
    },
    async *watch(resource, { signal, namespace = "" }) {
      let wake = Promise.withResolvers<void>();
      const events: WatchEvent<KubeObject>[] = [];
      signal.addEventListener("abort", () => wake.resolve());
      emitters.set(`${resource.plural}/${namespace}`, (event) => {
        events.push(event);
        wake.resolve();
      });
      while (!signal.aborted) {
        await wake.promise;
        wake = Promise.withResolvers<void>();
        yield* events.splice(0) as WatchEvent<never>[];
      }
    },
  };
  const emit = (kind: Kind, changed: KubeObject, version: number) =>
    emitters.get(`${kind}/`)?.({
      type: "MODIFIED",
      object: { ...changed, metadata: { ...changed.metadata, resourceVersion: String(version) } },
    });
  return { client: client as KubeClient, emit, state };
}

function start(server: ReturnType<typeof apiServer>, watchNamespaces: string[] = []) {
  const seen: string[] = [];
  const revisited: string[] = [];
  const note = (list: string[]) => (first: string | KubeObject, second?: unknown) => {
    const { metadata, kind } = (typeof first === "string" ? second : first) as KubeObject;
    list.push(`${kind} ${[metadata.namespace, metadata.name].filter(Boolean).join("/")}`);
  };
  const handlers: Handlers = {
    bucket: note(seen),
    access: note(seen),
    account: note(seen),
    revisitBucket: note(revisited),
    revisitAccess: note(revisited),
    revisitAccount: note(revisited),
  };
  const stop = new AbortController();
  const common = { clock: systemClock, random: () => 0, log: createTestLog().log, metrics: testMetrics() };
  const watches = createWatches({ ...common, client: server.client }, { watchNamespaces }, handlers);
  const running = runWatches(watches, stop.signal);
  onTestFinished(async () => {
    stop.abort();
    await running;
  });
  return { seen, revisited, watches, synced: () => watches.synced(stop.signal) };
}

const names = (count: number) => Array.from({ length: count }, (_, index) => `n-${index}`);

const cluster = (count: number) => ({
  namespaces: names(count).map(namespace),
  s3buckets: names(count).map((name) => bucket(name)),
  bucketaccesses: names(count).map((name) => access(name)),
  awsaccounts: [account("default"), account("other")],
});

const COUNT = 10_000;
/** Kubernetes probes liveness each few seconds, with a timeout of 5 s; the lease is renewed every 2 s. */
const LONGEST_TURN_MS = 200;

/** Measures the longest turn of the event loop, in CPU time of this thread: other processes take CPU from tests. */
function longestTurn() {
  const time = () => (process.threadCpuUsage().user + process.threadCpuUsage().system) / 1000;
  let longest = 0;
  let last = time();
  let stopped = false;
  const turn = () => {
    const now = time();
    longest = Math.max(longest, now - last);
    last = now;
    if (!stopped) setImmediate(turn);
  };
  setImmediate(turn);
  return () => {
    stopped = true;
    turn();
    return longest;
  };
}

test(
  `${COUNT} namespaces, S3Buckets and BucketAccesses sync in short turns, and without a search for what each affects`,
  { timeout: 60_000 },
  async () => {
    const turns: number[] = [];
    // The shortest of three: the garbage of other tests is collected in between.
    while (turns.length < 3 && Math.min(Infinity, ...turns) > LONGEST_TURN_MS) {
      const { seen, revisited, synced } = start(apiServer(cluster(COUNT)));
      const measured = longestTurn();
      await synced();
      turns.push(measured());
      expect(seen).toHaveLength(2 * COUNT + 2);
      expect(new Set(seen).size).toBe(2 * COUNT + 2);
      expect(revisited).toEqual([]);
    }

    expect(Math.min(...turns)).toBeLessThan(LONGEST_TURN_MS);
  },
);

describe("after the first lists", () => {
  const spread = {
    ...cluster(20),
    s3buckets: [...cluster(20).s3buckets, bucket("n-3", "waits", REASON.destinationNotReady)],
  };

  /** Emits a change, and resolves with what it led to. */
  async function effectOf(kind: Kind, changed: KubeObject, objects: Record<Kind, KubeObject[]> = spread) {
    const server = apiServer(objects);
    const { revisited, synced, watches } = start(server);
    await synced();
    await new Promise((resolve) => setImmediate(resolve));
    server.emit(kind, changed, 2);
    const reflector = { s3buckets: watches.buckets, bucketaccesses: watches.accesses, awsaccounts: watches.accounts };
    const { store } = kind === "namespaces" ? watches.namespaces : reflector[kind];
    await eventually(() => expect(store.get(changed.metadata)?.metadata.resourceVersion).toBe("2"));
    return new Set(revisited);
  }

  test("a change of a namespace's labels affects only its objects", async () => {
    const changed = object("Namespace", { name: "n-3", labels: { team: "other" } });
    expect(await effectOf("namespaces", changed)).toEqual(
      new Set(["S3Bucket n-3/docs", "S3Bucket n-3/waits", "BucketAccess n-3/app"]),
    );
  });

  test("a change of an S3Bucket affects its BucketAccesses, and what may wait for it in the namespace", async () => {
    const changed = { ...bucket("n-3"), metadata: { ...bucket("n-3").metadata, generation: 2 } };
    expect(await effectOf("s3buckets", changed)).toEqual(new Set(["BucketAccess n-3/app", "S3Bucket n-3/waits"]));
  });

  test("a change of an AWSAccount affects all that may use it, and the others of the same AWS account", async () => {
    const changed = { ...account("default"), spec: { accountId: "111122223333", region: "other", rateLimit: {} } };
    const effect = await effectOf("awsaccounts", { ...changed, metadata: { ...changed.metadata, generation: 2 } });
    expect([...effect].filter((each) => each.startsWith("S3Bucket"))).toHaveLength(21);
    expect(effect).toContain("AWSAccount other");
  });

  test("BucketAccesses are found by the name of their bucket while they have it", async () => {
    const external = access("n-1", "external", { bucket: { name: "theirs" } });
    const server = apiServer({ ...spread, bucketaccesses: [...spread.bucketaccesses, external] });
    const { synced, watches } = start(server);
    await synced();
    await new Promise((resolve) => setImmediate(resolve));
    const found = (name: string | undefined) =>
      watches.accessesTo(bucket("n-9") as never, name).map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
    expect(found("theirs")).toEqual(["n-9/app", "n-1/external"]);
    expect(found(undefined)).toEqual(["n-9/app"]);
    server.emit("bucketaccesses", access("n-1", "external", { bucket: { name: "ours" } }), 2);
    await eventually(() => expect(found("ours")).toEqual(["n-9/app", "n-1/external"]));
    expect(found("theirs")).toEqual(["n-9/app"]);
  });
});

test("many watched namespaces are listed ten at a time", { timeout: 30_000 }, async () => {
  const server = apiServer(cluster(300));
  const { synced, watches } = start(server, names(300));
  await synced();
  expect(watches.buckets.store.list()).toHaveLength(300);
  expect(server.state.mostListing).toBe(10);
});
