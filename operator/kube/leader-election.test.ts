import { Registry } from "prom-client";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runLeaderElection } from "./leader-election.ts";
import { LEASES, type Lease } from "./lease.ts";
import { createKubeMetrics } from "./metrics.ts";
import { microTime } from "./object.ts";
import { createTestLog } from "./testing/log.ts";
import { createManualClock, settle, type ManualClock } from "./testing/manual-clock.ts";
import { createMemoryClient, refusal, type MemoryClient } from "./testing/memory-client.ts";
import { testMetrics } from "./testing/objects.ts";

interface Candidate {
  result: Promise<"released" | "lost">;
  /** Log of calls, in order. */
  log: string[];
  heldUntil: number[];
  registry: Registry;
  shutDown(): void;
  /** Ends the work after a shutdown. */
  drained(): void;
}

let clock: ManualClock;
let client: MemoryClient;
let candidates: Candidate[];
const key = { namespace: "system", name: "operator" };
const lease = (): Lease | undefined => client.find(LEASES, key);

beforeEach(() => {
  clock = createManualClock();
  client = createMemoryClient();
  candidates = [];
});

afterEach(async () => {
  for (const each of candidates) {
    each.shutDown();
    each.drained();
  }
  client.interfere = undefined;
  await clock.advance(30_000);
  await Promise.allSettled(candidates.map(({ result }) => result));
});

function run(identity: string): Candidate {
  const shutdown = new AbortController();
  const drain = Promise.withResolvers<void>();
  const log: string[] = [];
  const registry = new Registry();
  const heldUntil: number[] = [];
  const result = runLeaderElection({
    client,
    ...key,
    identity,
    clock,
    random: () => 0,
    log: createTestLog().log,
    metrics: createKubeMetrics(registry),
    signal: shutdown.signal,
    onHeldUntil: (time) => void heldUntil.push(time),
    async onStartedLeading(signal) {
      log.push("leads");
      signal.addEventListener("abort", () => log.push("stops"));
      await drain.promise;
      log.push("drained");
    },
  });
  result.then(
    (end) => log.push(end),
    () => log.push("failed"),
  );
  const candidate = {
    result,
    log,
    heldUntil,
    registry,
    shutDown: () => shutdown.abort(),
    drained: () => drain.resolve(),
  };
  candidates.push(candidate);
  return candidate;
}

test("microTime has six digits of a second", () => {
  expect(microTime(Date.UTC(2026, 0, 1, 1, 2, 3, 45))).toBe("2026-01-01T01:02:03.045000Z");
});

test("onHeldUntil gets a time before another process may lead", async () => {
  const a = run("a");
  await clock.advance(4_500);
  expect(a.heldUntil).toEqual([10_000, 12_000, 14_000]);
});

test("a free lease is acquired, and renewed every two seconds", async () => {
  const a = run("a");
  await clock.advance(0);
  expect(a.log).toEqual(["leads"]);
  expect(lease()?.spec).toEqual({
    holderIdentity: "a",
    leaseDurationSeconds: 15,
    acquireTime: "2026-01-01T00:00:00.000000Z",
    renewTime: "2026-01-01T00:00:00.000000Z",
    leaseTransitions: 0,
  });
  await clock.advance(60_000);
  expect(lease()?.spec).toMatchObject({
    acquireTime: "2026-01-01T00:00:00.000000Z",
    renewTime: "2026-01-01T00:01:00.000000Z",
  });
  // A create and thirty renewals; renewing needs no read.
  expect(client.calls.map(({ verb }) => verb).filter((verb) => verb === "get")).toHaveLength(1);
  expect(client.calls.filter(({ verb }) => verb === "update")).toHaveLength(30);
});

describe("the lease of another process", () => {
  test("is not acquired while it changes, even if its times are in the past", async () => {
    client.seed<Lease>(LEASES, {
      apiVersion: "coordination.k8s.io/v1",
      kind: "Lease",
      metadata: { ...key },
      // Its clock says 1999.
      spec: {
        holderIdentity: "other",
        leaseDurationSeconds: 15,
        renewTime: "1999-01-01T00:00:00.000000Z",
        leaseTransitions: 3,
      },
    });
    const a = run("a");
    await clock.advance(14_000);
    const current = lease() as Lease;
    client.seed(LEASES, { ...current, spec: { ...current.spec, renewTime: "1999-01-01T00:00:14.000000Z" } });
    await clock.advance(14_000);
    expect(a.log).toEqual([]);
    await clock.advance(4_000);
    expect(a.log).toEqual(["leads"]);
    expect(lease()?.spec).toMatchObject({ holderIdentity: "a", leaseTransitions: 4 });
  });

  test("is held by one of two candidates", async () => {
    const [a, b] = [run("a"), run("b")];
    await clock.advance(120_000);
    expect([a.log, b.log].sort()).toEqual([[], ["leads"]]);
  });
});

describe("shutdown", () => {
  test("drains while renewing, then releases the lease, and the next process leads soon", async () => {
    const a = run("a");
    await clock.advance(0);
    const b = run("b");
    a.shutDown();
    await clock.advance(25_000);
    expect(a.log).toEqual(["leads", "stops"]);
    expect(b.log).toEqual([]);
    a.drained();
    await settle();
    expect(a.log).toEqual(["leads", "stops", "drained", "released"]);
    expect(lease()?.spec?.holderIdentity).toBe("");
    await clock.advance(3_000);
    expect(b.log).toEqual(["leads"]);
  });

  test("before leading ends the election", async () => {
    const a = run("a");
    await clock.advance(0);
    const b = run("b");
    await clock.advance(5_000);
    b.shutDown();
    expect(await b.result).toBe("released");
    expect(lease()?.spec?.holderIdentity).toBe("a");
    expect(a.log).toEqual(["leads"]);
  });

  test("an error of onStartedLeading releases the lease, and is rethrown", async () => {
    const failing = runLeaderElection({
      client,
      ...key,
      identity: "a",
      clock,
      random: () => 0,
      log: createTestLog().log,
      metrics: testMetrics(),
      signal: new AbortController().signal,
      onStartedLeading: () => Promise.reject(new Error("no")),
    });
    await expect(failing).rejects.toThrow("no");
    expect(lease()?.spec?.holderIdentity).toBe("");
  });
});

describe("the lead is lost", () => {
  test.each([
    ["refused", () => Promise.reject(refusal(500, "InternalError"))],
    ["never answered", () => new Promise<void>(() => {})],
  ])("when renewals are %s for ten seconds, before another process may lead", async (_, fate) => {
    const a = run("a");
    await clock.advance(4_000);
    client.interfere = fate;
    await clock.advance(9_999);
    expect(a.log).toEqual(["leads"]);
    await clock.advance(1);
    expect(a.log).toEqual(["leads", "stops", "lost"]);
  });

  test("when another process holds the lease", async () => {
    const a = run("a");
    await clock.advance(4_000);
    const current = lease() as Lease;
    client.seed(LEASES, { ...current, spec: { ...current.spec, holderIdentity: "b" } });
    await clock.advance(10_000);
    expect(a.log).toEqual(["leads", "stops", "lost"]);
    expect(lease()?.spec?.holderIdentity).toBe("b");
  });

  test("but not by a shorter outage", async () => {
    const a = run("a");
    await clock.advance(4_000);
    client.interfere = () => Promise.reject(refusal(503, "ServiceUnavailable"));
    await clock.advance(7_000);
    client.interfere = undefined;
    await clock.advance(60_000);
    expect(a.log).toEqual(["leads"]);
  });

  test("but not by a lost response: the lease is read again, and is still held", async () => {
    const a = run("a");
    await clock.advance(1_000);
    client.interfere = () => {
      client.interfere = undefined;
      return Promise.resolve("lost");
    };
    await clock.advance(60_000);
    expect(a.log).toEqual(["leads"]);
    expect(lease()?.spec?.leaseTransitions).toBe(0);
    expect(await a.registry.metrics()).toContain('leader_election_slowpath_total{name="operator"} 1');
  });
});
