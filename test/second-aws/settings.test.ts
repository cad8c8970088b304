import { HeadBucketCommand } from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import type { S3Bucket, S3BucketSpec } from "../../operator/api/types.ts";
import { SETTINGS } from "../../operator/bucket/settings/index.ts";
import { expectNothingToWrite, operatorWrites, reconcileAgain } from "../integration/support/expect/invariants.ts";
import { isReady, settingMessage, settingSource } from "../integration/support/expect/states.ts";
import { startOperator } from "../integration/support/process/operator.ts";
import { readyBucket } from "../integration/support/world/buckets.ts";
import type { Prerequisites } from "../integration/support/world/prerequisites.ts";
import { caseOf } from "../integration/support/world/setting-cases.ts";
import { MISSING_SETTINGS, REFUSED_VALUES } from "./differences.ts";
import { prerequisites } from "./prerequisites.ts";
import { sendAgain } from "./recorder.ts";
import { createLocalStackWorld } from "./world.ts";

describe.for(SETTINGS.filter(({ name }) => MISSING_SETTINGS[name] === undefined))("$name", ({ name }) => {
  test(`${name} takes two values, is corrected after a change by hand, and is removed; its bucket is deleted`, async () => {
    await using world = await createLocalStackWorld();
    await using _operator = startOperator(world, { settleWindowMs: 0 });
    const { needs = {}, value, other: itsOther } = caseOf(name);
    const other = REFUSED_VALUES[name]?.instead ?? itsOther;
    const named = await prerequisites(world);
    const spec = { bucketName: world.bucketName("docs"), deletionPolicy: "DeleteIfEmpty" as const, ...needs };
    await readyBucket(world, "docs", spec);
    await expectNothingToWrite(world, ["docs"]);

    const start = operatorWrites(world).length;
    await world.applyBucket("docs", { ...spec, ...value(named) });
    await world.bucketWhen("docs", isReady);
    await expectNothingToWrite(world, ["docs"]);
    const valueWrites = operatorWrites(world).slice(start);
    expect(valueWrites.length).toBeGreaterThan(0);

    await world.applyBucket("docs", { ...spec, ...other(named) });
    await world.bucketWhen("docs", isReady);
    await expectNothingToWrite(world, ["docs"]);
    expect(operatorWrites(world).length).toBeGreaterThan(start + valueWrites.length);

    await sendAgain(world.url, valueWrites);
    await reconcileAgain(world, "docs");
    const isCorrected = (bucket: S3Bucket) => isReady(bucket) && bucket.status?.drift?.lastCorrectedTime !== undefined;
    const { status } = await world.bucketWhen("docs", isCorrected);
    expect(new Set(status?.drift?.changes?.map(({ setting }) => setting))).toEqual(new Set([name]));
    await expectNothingToWrite(world, ["docs"]);

    await world.editSpec("docs", { [name]: null });
    const removed = await world.bucketWhen("docs", isReady);
    expect(settingSource(removed, name)).not.toBe("Spec");
    await expectNothingToWrite(world, ["docs"]);

    await world.deleteBucket("docs");
    await world.gone("docs");
    const head = world.person.send(new HeadBucketCommand({ Bucket: spec.bucketName }));
    await expect(head).rejects.toMatchObject({ $metadata: { httpStatusCode: 404 } });
  });
});

/** The message of the setting in status, when LocalStack has refused the spec. */
async function refusalOf(name: string, specOf: (named: Prerequisites) => S3BucketSpec): Promise<string | undefined> {
  await using world = await createLocalStackWorld();
  await using _operator = startOperator(world);
  const { needs = {} } = caseOf(name);
  await world.applyAccount();
  const spec = { bucketName: world.bucketName("docs"), ...needs, ...specOf(await prerequisites(world)) };
  await world.applyBucket("docs", spec);
  const refused = await world.bucketWhen("docs", (bucket) => settingMessage(bucket, name) !== undefined);
  return settingMessage(refused, name);
}

test.for(Object.entries(MISSING_SETTINGS))("LocalStack does not have %s", async ([name, { says }]) => {
  expect(await refusalOf(name, caseOf(name).value)).toMatch(says);
});

test.for(Object.entries(REFUSED_VALUES))("LocalStack refuses the other value of %s", async ([name, { says }]) => {
  expect(await refusalOf(name, caseOf(name).other)).toMatch(says);
});
