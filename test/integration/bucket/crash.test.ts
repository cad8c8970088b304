import { beforeAll, describe, expect, test, vi } from "vitest";
import { dumpBucket } from "../support/expect/dump.ts";
import { expectInvariants, operatorWrites } from "../support/expect/invariants.ts";
import { isReady } from "../support/expect/states.ts";
import { PHASES, stateAtAws, undisturbed, type PhaseName, type Subject } from "../support/faults/phases.ts";
import { holdCalls, isCounted, pointsOf, trapBuckets, type Counted } from "../support/faults/trap.ts";
import { watchWrites } from "../support/faults/write-watch.ts";
import { ensureBundle } from "../support/process/bundle.ts";
import { spawnOperator } from "../support/process/operator.ts";
import { prerequisites, type Prerequisites } from "../support/world/prerequisites.ts";
import { everySetting, everySettingChanged } from "../support/world/setting-cases.ts";
import { fullSpec } from "../support/world/specs.ts";
import { createWorld, type World } from "../support/world/world.ts";

/*
 * The operator's process is killed at each of its calls to AWS, before the call is applied and after, and a new process
 * finishes the work. There is a bucket for each such point. Its call is held until the calls of all buckets are held;
 * then one kill interrupts them all.
 */
vi.setConfig({ maxConcurrency: 2, testTimeout: 240_000 });

let bundle: string;
beforeAll(async () => {
  bundle = await ensureBundle();
});

/** More workers than points at which calls are held. */
const FLAGS = ["--concurrency=100"];

type Declare = (named: Prerequisites) => Pick<Subject, "spec" | "changed">;
const eight: Declare = ({ kmsKeyArn }) => ({ spec: fullSpec("", kmsKeyArn) });
const every: Declare = (named) => ({ spec: everySetting(named), changed: everySettingChanged(named) });

describe.concurrent("a process killed at a call", () => {
  test.for<[Counted, PhaseName, string, Declare]>([
    ["call", "create", "eight settings", eight],
    ["call", "update", "eight settings", eight],
    ["call", "deleteIfEmpty", "eight settings", eight],
    ["call", "retain", "eight settings", eight],
    ["write", "create", "every setting", every],
    ["write", "change", "every setting", every],
  ])("a kill at each %s of phase %s, with %s, is recovered by a new process", async ([counted, name, , declare]) => {
    await using world = await createWorld();
    const phase = PHASES[name];
    const declared = declare(await prerequisites(world));
    await world.applyAccount();
    const untagged = watchTags(world);
    const tooEarly = watchWrites(world);
    const foreign = world.account.createBucket(world.bucketName("foreign"), "eu-central-1");
    const foreignBefore = dumpBucket(foreign, "foreign");
    await using first = spawnOperator(world, bundle, FLAGS);

    const subject = (purpose: string): Subject => {
      const bucketName = world.bucketName(purpose);
      const { spec, ...rest } = declared;
      return { world, account: world.account, name: purpose, bucketName, spec: { ...spec, bucketName }, ...rest };
    };
    const { expected, calls } = await measured(subject("reference"), name, counted);
    const stops = pointsOf(calls).map((point) => ({ point, it: subject(`${point.moment}-call-${point.number}`) }));
    await Promise.all(stops.map(({ it }) => phase.prepare(it)));
    const trap = trapBuckets(world.simulator, new Map(stops.map(({ point, it }) => [it.bucketName, point])), counted);
    const ends = await Promise.all(stops.map(({ it }) => phase.begin(it)));
    await trap.full;
    await first.kill();
    trap.release("drop");

    await using _second = spawnOperator(world, bundle, FLAGS);
    await Promise.all(ends.map((over) => over()));
    for (const { it } of stops) expect(stateAtAws(it), it.name).toEqual(expected);
    for (const { it } of stops) expect(creations(it), `${it.name} is created once`).toBe(1);
    expect(untagged, "buckets without an owner tag").toEqual([]);
    expect(tooEarly).toEqual([]);
    expect(dumpBucket(foreign, "foreign")).toEqual(foreignBefore);
    expect(operatorWrites(world).filter(({ bucket }) => bucket === foreign.name)).toEqual([]);
    await expectInvariants(world);
  });

  test("a kill during GetCallerIdentity is recovered by a new process", async () => {
    await using world = await createWorld();
    await world.applyAccount();
    await world.applyBucket("docs", { bucketName: world.bucketName("docs") });
    const trap = holdCalls(world.simulator, "GetCallerIdentity");
    await using first = spawnOperator(world, bundle, FLAGS);
    await trap.full;
    await first.kill();
    trap.release("drop");
    await using _second = spawnOperator(world, bundle, FLAGS);
    await world.statuses.when("docs", isReady);
    await expectInvariants(world);
  });
});

/** The result of the phase without a fault, and the number of its calls on the bucket. */
async function measured(
  subject: Subject,
  name: PhaseName,
  counted: Counted,
): Promise<{ expected: object | undefined; calls: number }> {
  const { prepare, begin } = PHASES[name];
  const count = () =>
    subject.world.simulator.calls.of(subject.bucketName).filter((call) => isCounted(call, counted)).length;
  let before = 0;
  const counting = {
    prepare,
    begin: (it: Subject) => {
      before = count();
      return begin(it);
    },
  };
  const expected = await undisturbed(counting, subject);
  return { expected, calls: count() - before };
}

function creations({ world, bucketName }: Subject): number {
  const calls = world.simulator.calls.of(bucketName);
  return calls.filter(({ operation, status }) => operation === "CreateBucket" && status === 200).length;
}

/** Collects the names of buckets that, after some call, had no tag of a present or former owner. */
function watchTags({ account, simulator }: World): readonly string[] {
  const untagged: string[] = [];
  simulator.faults.onCall(({ bucket: name = "" }, phase) => {
    const bucket = account.buckets.get(name);
    if (phase === "before" || bucket === undefined) return;
    const owned = bucket.tags.has("s3-operator.io/name") || bucket.tags.has("s3-operator.io/released-by");
    if (!owned) untagged.push(name);
  });
  return untagged;
}
