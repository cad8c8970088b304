import { beforeAll, describe, expect, test, vi } from "vitest";
import { ensureBundle } from "./support/bundle.ts";
import { dumpBucket } from "./support/dump.ts";
import { expectInvariants, operatorWrites } from "./support/invariants.ts";
import { spawnOperator } from "./support/operator.ts";
import { PHASES, type PhaseName, stateAtAws, type Subject, undisturbed } from "./support/phases.ts";
import { fullSpec } from "./support/specs.ts";
import { isReady } from "./support/states.ts";
import { type Moment, setTrap } from "./support/trap.ts";
import { createWorld, type World } from "./support/world.ts";

/*
 * The operator's process is killed at each of its calls to AWS, and a new one finishes the work. For the first bucket it is the first call, for
 * the second bucket the second, and so on: each is held as it arrives, until all are, and then one kill hits them all.
 */
vi.setConfig({ maxConcurrency: 3, testTimeout: 60_000 });

let bundle: string;
beforeAll(async () => {
  bundle = await ensureBundle();
});

const MOMENTS: Moment[] = ["before it is applied", "after it was applied"];
const CASES = (Object.keys(PHASES) as PhaseName[]).flatMap((phase) => MOMENTS.map((moment) => ({ phase, moment })));

describe.concurrent("the process is killed", () => {
  test.for(CASES)("during $phase, at each call, $moment", async ({ phase: name, moment }) => {
    await using world = await createWorld();
    const phase = PHASES[name];
    const key = await world.createKey();
    await world.applyAccount();
    const untagged = watchTags(world);
    const foreign = world.account.createBucket(world.bucketName("foreign"), "eu-central-1");
    const foreignBefore = dumpBucket(foreign, "foreign");
    await using first = spawnOperator(world, bundle, FLAGS);

    const subject = (purpose: string): Subject => {
      const spec = fullSpec(world.bucketName(purpose), key);
      return { world, account: world.account, name: purpose, spec };
    };
    const { expected, calls } = await measured(subject("reference"), name);
    const subjects = Array.from({ length: calls }, (_, index) => subject(`call-${index + 1}`));
    await Promise.all(subjects.map((it) => phase.prepare(it)));
    const numbers = new Map(subjects.map(({ spec }, index) => [spec.bucketName ?? "", index + 1]));
    const trap = setTrap(world.simulator, numbers, moment);
    const ends = await Promise.all(subjects.map((it) => phase.begin(it)));
    await trap.full;
    await first.kill();
    trap.release();

    await using _second = spawnOperator(world, bundle, FLAGS);
    await Promise.all(ends.map((over) => over()));
    for (const it of subjects) expect(stateAtAws(it), it.name).toEqual(expected);
    for (const it of subjects) expect(creations(it), `${it.name} is created once`).toBe(1);
    expect(untagged, "buckets that did not say whose they are").toEqual([]);
    expect(dumpBucket(foreign, "foreign")).toEqual(foreignBefore);
    expect(operatorWrites(world).filter(({ bucket }) => bucket === foreign.name)).toEqual([]);
    await expectInvariants(world);
  });

  test("while it asks who it is", async () => {
    await using world = await createWorld();
    await world.applyAccount();
    await world.applyBucket("docs", { bucketName: world.bucketName("docs") });
    const asked = Promise.withResolvers<void>();
    const killed = Promise.withResolvers<"drop">();
    const remove = world.simulator.faults.onCall(({ operation }) => {
      if (operation !== "GetCallerIdentity") return;
      asked.resolve();
      return killed.promise;
    });
    await using first = spawnOperator(world, bundle, FLAGS);
    await asked.promise;
    await first.kill();
    remove();
    killed.resolve("drop");
    await using _second = spawnOperator(world, bundle, FLAGS);
    await world.statuses.when("docs", isReady);
    await expectInvariants(world);
  });
});

const FLAGS = ["--concurrency=100"];

/** What the phase comes to when nothing is in its way, and how many calls on the bucket it takes. */
async function measured(subject: Subject, name: PhaseName): Promise<{ expected: object | undefined; calls: number }> {
  const { prepare, begin } = PHASES[name];
  const count = () => subject.world.simulator.calls.of(subject.spec.bucketName ?? "").length;
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

function creations({ world, spec: { bucketName = "" } }: Subject): number {
  const calls = world.simulator.calls.of(bucketName);
  return calls.filter(({ operation, status }) => operation === "CreateBucket" && status === 200).length;
}

/** Fills with the names of buckets that, after some call, had no tag that says whose they are, or were. */
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
