import { describe, expect, test } from "vitest";
import type { S3Bucket, S3BucketSpec } from "../../../operator/api/types.ts";
import { SETTINGS } from "../../../operator/bucket/settings/index.ts";
import type { Bucket } from "../../aws/index.ts";
import { readable } from "../support/expect/dump.ts";
import { expectInvariants, operatorWrites, reconcileAgain } from "../support/expect/invariants.ts";
import {
  condition,
  isReady,
  isReconciling,
  outOfSync,
  settingMessage,
  settingSource,
  settingState,
} from "../support/expect/states.ts";
import { startOperator } from "../support/process/operator.ts";
import { atAws, readyBucket, snapshot } from "../support/world/buckets.ts";
import { prerequisites, type Prerequisites } from "../support/world/prerequisites.ts";
import { caseOf } from "../support/world/setting-cases.ts";
import { createWorld, type World } from "../support/world/world.ts";
import { addUnknown, countUnknown } from "./unknown.ts";

/* Tests that hold for every setting. Tests of a single setting are beside its file, and in files of their own. */

const REGION = "eu-central-1";

/** A world with one bucket, and one setting of it. */
interface Stage extends AsyncDisposable {
  world: World;
  named: Prerequisites;
  bucketName: string;
  /** The setting's two values, with other settings that they need. */
  value: S3BucketSpec;
  other: S3BucketSpec;
  /** The setting at AWS. */
  held(): unknown;
}

async function stage(setting: string): Promise<Stage> {
  const world = await createWorld();
  // Without a settle window, so that a value from before our write counts as a user's change.
  const operator = startOperator(world, { settleWindowMs: 0 });
  const { field, needs = {}, value, other } = caseOf(setting);
  const named = await prerequisites(world);
  const bucketName = world.bucketName("docs");
  return {
    world,
    named,
    bucketName,
    value: { ...needs, ...value(named) },
    other: { ...needs, ...other(named) },
    held: () => fieldOf(atAws(world, bucketName), field),
    [Symbol.asyncDispose]: async () => {
      await operator[Symbol.asyncDispose]();
      await world[Symbol.asyncDispose]();
    },
  };
}

function fieldOf(bucket: Bucket, field: keyof Bucket): unknown {
  const value = readable(bucket[field]);
  if (field !== "tags") return value;
  // The ownership tags are there without any declared tag.
  return Object.fromEntries(Object.entries(value as object).filter(([key]) => !key.startsWith("s3-operator.io/")));
}

/** The value of the setting in a new bucket. */
function byDefault(world: World, setting: string): unknown {
  const name = world.bucketName("default");
  return fieldOf(world.account.buckets.get(name) ?? world.account.createBucket(name, REGION), caseOf(setting).field);
}

describe.for(SETTINGS)("$name", ({ name, iamActions, inBaseline }) => {
  const { field, needs, afterReset } = caseOf(name);

  test(`${name} is set at the bucket's creation, and changes with the spec`, async () => {
    await using at = await stage(name);
    const { world, bucketName } = at;
    await readyBucket(world, "docs", at.value);
    const before = at.held();
    expect(before).not.toEqual(byDefault(world, name));
    await world.applyBucket("docs", { bucketName, ...at.other });
    await world.bucketWhen("docs", isReady);
    expect(at.held()).not.toEqual(before);
    await expectInvariants(world);
  });

  test(`${name} is corrected when a user changes it at AWS`, async () => {
    await using at = await stage(name);
    const { world, bucketName } = at;
    await readyBucket(world, "docs", at.value);
    const former = snapshot(world, bucketName)[field as "policy"];
    await world.applyBucket("docs", { bucketName, ...at.other });
    await world.bucketWhen("docs", isReady);
    const declared = at.held();
    Object.assign(atAws(world, bucketName), { [field]: former });
    expect(at.held()).not.toEqual(declared);
    await reconcileAgain(world, "docs");
    const isCorrected = (bucket: S3Bucket) => isReady(bucket) && bucket.status?.drift?.lastCorrectedTime !== undefined;
    const { status } = await world.bucketWhen("docs", isCorrected);
    expect(new Set(status?.drift?.changes?.map(({ setting }) => setting))).toEqual(new Set([name]));
    expect(at.held()).toEqual(declared);
    await expectInvariants(world);
  });

  test(`a write of ${name} keeps unknown fields`, async () => {
    await using at = await stage(name);
    const { world, bucketName } = at;
    await readyBucket(world, "docs", at.value);
    const writes = operatorWrites(world).length;
    addUnknown(atAws(world, bucketName), field);
    const added = countUnknown(atAws(world, bucketName), field);
    await reconcileAgain(world, "docs");
    const unchanged = await world.bucketWhen("docs", isReady);
    expect(unchanged.status?.drift).toBeUndefined();
    expect(operatorWrites(world)).toHaveLength(writes);
    await world.applyBucket("docs", { bucketName, ...at.other });
    await world.bucketWhen("docs", isReady);
    expect(operatorWrites(world).length).toBeGreaterThan(writes);
    expect(countUnknown(atAws(world, bucketName), field)).toBe(added);
    await expectInvariants(world);
  });

  test(`${name} of an adopted bucket is not changed until it is declared, and not written when it is as declared`, async () => {
    await using at = await stage(name);
    const { world, bucketName } = at;
    await readyBucket(world, "made-by-hand", { bucketName, ...at.value, baseline: "None" });
    await world.deleteBucket("made-by-hand");
    await world.gone("made-by-hand");
    const { tags } = atAws(world, bucketName);
    for (const key of tags.keys()) if (key.startsWith("s3-operator.io/")) tags.delete(key);
    const { tags: _, ...before } = snapshot(world, bucketName);
    const writes = operatorWrites(world).length;
    const declared = at.held();

    await world.applyAccount({ allowAdoption: true });
    await world.applyBucket("docs", { bucketName, adoptionPolicy: "Adopt" });
    await world.bucketWhen("docs", isReady);
    await world.editSpec("docs", { ...at.value });
    const ready = await world.bucketWhen("docs", isReady);
    expect(settingSource(ready, name)).toBe("Spec");
    expect(settingState(ready, name)).toBe("InSync");
    const since = operatorWrites(world).slice(writes);
    expect(since.map(({ operation }) => operation)).toEqual(["TagResource"]);
    expect(at.held()).toEqual(declared);
    const { tags: __, ...after } = snapshot(world, bucketName);
    expect(after).toEqual(before);
    await expectInvariants(world);
  });

  test(`the message names the statement to add when ${iamActions.write[0]} is denied, and the other settings are applied`, async () => {
    await using at = await stage(name);
    const { world, bucketName } = at;
    const another: S3BucketSpec = name === "tags" ? { requestPayment: "Requester" } : { tags: { another: "x" } };
    await readyBucket(world, "docs", needs);
    const before = at.held();
    const allow = world.simulator.faults.deny(iamActions.write[0]);
    await world.editSpec("docs", { ...another, ...at.value });
    const denied = await world.bucketWhen("docs", isReconciling("AccessDenied"));
    expect(settingState(denied, name)).toBe("Denied");
    for (const message of [settingMessage(denied, name), condition(denied, "Ready")?.message]) {
      expect(message).toContain(iamActions.write[0]);
      expect(message).toContain(`arn:aws:s3:::${bucketName}`);
    }
    expect(outOfSync(denied)).toEqual([name]);
    expect(at.held()).toEqual(before);

    allow();
    await reconcileAgain(world, "docs");
    await world.bucketWhen("docs", isReady);
    expect(at.held()).not.toEqual(before);
    await expectInvariants(world);
  });

  // Without the tags the owner is unknown: see denials.test.ts.
  if (name !== "tags") {
    test(`${name} is neither InSync nor written when ${iamActions.read[0]} is denied`, async () => {
      await using at = await stage(name);
      const { world } = at;
      await readyBucket(world, "docs", at.value);
      const writes = operatorWrites(world).length;
      const allow = world.simulator.faults.deny(iamActions.read[0]);
      await reconcileAgain(world, "docs");
      const denied = await world.bucketWhen("docs", isReconciling("AccessDenied"));
      expect(settingState(denied, name)).toBe("Denied");
      expect(settingMessage(denied, name)).toContain(iamActions.read[0]);
      expect(outOfSync(denied)).toEqual([name]);
      allow();
      await reconcileAgain(world, "docs");
      await world.bucketWhen("docs", isReady);
      expect(operatorWrites(world)).toHaveLength(writes);
      await expectInvariants(world);
    });
  }

  test(`${name} gets S3's default when it leaves the spec, and then leaves status`, async () => {
    await using at = await stage(name);
    const { world } = at;
    // With the baseline in place of the spec there would be nothing to reset.
    await readyBucket(world, "docs", { ...at.value, baseline: "None" });
    const declared = at.held();
    const resets = iamActions.write.at(-1) ?? "";
    const allow = world.simulator.faults.deny(resets);
    await world.editSpec("docs", { [name]: null });
    const denied = await world.bucketWhen("docs", (bucket) => settingState(bucket, name) === "Denied");
    // The ownership tags stay declared.
    expect(settingSource(denied, name), "it is still declared").toBe(name === "tags" ? "Baseline" : "Spec");
    expect(settingMessage(denied, name)).toContain(resets);
    expect(at.held()).toEqual(declared);

    allow();
    await reconcileAgain(world, "docs");
    const ready = await world.bucketWhen("docs", isReady);
    expect(settingSource(ready, name)).toBe(name === "tags" ? "Baseline" : inBaseline && "Unmanaged");
    expect(at.held()).toEqual(afterReset ?? byDefault(world, name));
    await expectInvariants(world);
  });
});
