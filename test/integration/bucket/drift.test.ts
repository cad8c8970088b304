import {
  DeleteBucketCommand,
  PutBucketCorsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
} from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import type { Change, S3Bucket } from "../../../operator/api/types.ts";
import { eventsOf, eventWhen } from "../support/expect/events.ts";
import { expectInvariants, expectNothingToWrite, operatorCalls, operatorWrites } from "../support/expect/invariants.ts";
import { isReady, isStalled } from "../support/expect/states.ts";
import { startOperator } from "../support/process/operator.ts";
import { atAws, readyBucket, retag, snapshot, tagsAt } from "../support/world/buckets.ts";
import { fullSpec } from "../support/world/specs.ts";
import { createWorld, type World } from "../support/world/world.ts";
import { readPolicy, TAMPERINGS } from "./tampering.ts";

/** Without a settle window, a user's change is never taken for an eventually consistent read. */
const OFTEN = { pollIntervalMs: 200, settleWindowMs: 0 };

/** The status after the operator has corrected the change. */
const isCorrected = (bucket: S3Bucket) => isReady(bucket) && bucket.status?.drift?.lastCorrectedTime !== undefined;

test.for(TAMPERINGS)(
  "a change of $setting by a user is detected, reported and corrected",
  async ({ setting, change, finds }) => {
    await using world = await createWorld();
    await using _operator = startOperator(world, OFTEN);
    const bucketName = world.bucketName("docs");
    await readyBucket(world, "docs", fullSpec(bucketName, await world.createKey()));
    const before = snapshot(world, bucketName);

    await change(world, bucketName);
    const { status } = await world.bucketWhen("docs", isCorrected);

    const { drift } = status ?? {};
    expect(drift?.changes?.toSorted(byPath)).toEqual(finds.map((found) => ({ setting, ...found })).toSorted(byPath));
    expect(Date.parse(drift?.lastCorrectedTime ?? "")).toBeGreaterThanOrEqual(
      Date.parse(drift?.lastDetectedTime ?? ""),
    );
    expect(withoutHistory(snapshot(world, bucketName))).toEqual(withoutHistory(before));
    const [detected, corrected] = [
      await eventWhen(world, "docs", "DriftDetected"),
      await eventWhen(world, "docs", "DriftCorrected"),
    ];
    expect(detected).toMatchObject({ type: "Warning", note: expect.stringContaining(setting) as string });
    expect(corrected).toMatchObject({ type: "Normal", note: expect.stringContaining(setting) as string });
    expect(detected.eventTime < corrected.eventTime).toBe(true);
    expect(drifting(world, "docs"), "it was not Ready during the drift").toContainEqual(
      expect.objectContaining({ type: "Ready", status: "Unknown", reason: "DriftDetected" }),
    );
    await expectInvariants(world);
  },
);

const byPath = (a: Change, b: Change) => (a.path < b.path ? -1 : 1);

/** Makes the simulator forget old lifecycle rules, with which it answers now and then. */
function withoutHistory(bucket: ReturnType<typeof snapshot>) {
  const { lifecycleBefore: _, ...rest } = bucket;
  return rest;
}

function drifting(world: World, name: string) {
  return world.statuses.of(name).flatMap(({ status }) => status?.conditions ?? []);
}

test("additions of other tools to policy and tags stay, cause no write, and survive a correction", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world, OFTEN);
  const bucketName = world.bucketName("docs");
  await readyBucket(world, "docs", { bucketName, tags: { team: "documents" } });
  const theirs = {
    Sid: "TheirAudit",
    Effect: "Deny" as const,
    Principal: "*" as const,
    Action: "s3:PutBucketLogging",
    Resource: `arn:aws:s3:::${bucketName}`,
  };
  const ours = await readPolicy(world, bucketName);
  const withTheirs = { ...ours, Statement: [theirs, ...ours.Statement] };
  await world.person.send(new PutBucketPolicyCommand({ Bucket: bucketName, Policy: JSON.stringify(withTheirs) }));
  await retag(world, bucketName, { cost: "42" });
  world.simulator.normalise.set({ awsTags: { "aws:cloudformation:stack-name": "network" } });

  const { status } = await world.bucketWhen(
    "docs",
    (bucket) => bucket.status?.policy?.unmanagedStatements?.length === 1,
  );
  expect(status?.policy?.unmanagedStatements).toEqual(["TheirAudit"]);
  expect(status?.drift).toBeUndefined();
  await expectNothingToWrite(world, ["docs"]);

  const onlyTheirs = { ...ours, Statement: [theirs] };
  await world.person.send(new PutBucketPolicyCommand({ Bucket: bucketName, Policy: JSON.stringify(onlyTheirs) }));
  await retag(world, bucketName, { team: undefined });
  const isWhole = () =>
    tagsAt(world, bucketName)["team"] === "documents" &&
    atAws(world, bucketName).policy?.includes("DenyOldTLS") === true;
  await world.bucketWhen("docs", (bucket) => isCorrected(bucket) && isWhole());
  const sids = (await readPolicy(world, bucketName)).Statement.map(({ Sid }) => Sid);
  expect(sids).toEqual(["TheirAudit", "S3OperatorDenyInsecureTransport", "S3OperatorDenyOldTLS"]);
  expect(tagsAt(world, bucketName)).toMatchObject({ team: "documents", cost: "42" });
  await expectInvariants(world);
});

test("a bucket that a user deleted is created again with all settings, and drift reports it", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world, OFTEN);
  const bucketName = world.bucketName("docs");
  await readyBucket(world, "docs", fullSpec(bucketName, await world.createKey()));
  const { creationDate, ...before } = withoutHistory(snapshot(world, bucketName));

  await world.person.send(new DeleteBucketCommand({ Bucket: bucketName }));
  const { status } = await world.bucketWhen("docs", isCorrected);

  expect(status).toMatchObject({ arn: `arn:aws:s3:::${bucketName}`, origin: "Created" });
  expect(status?.drift?.changes).toEqual([{ setting: "bucket", path: "", desired: bucketName }]);
  const again = withoutHistory(snapshot(world, bucketName));
  expect(again).toEqual({ ...before, creationDate: again.creationDate });
  expect(again.creationDate).toBeGreaterThanOrEqual(creationDate);
  expect((await eventWhen(world, "docs", "DriftDetected")).note).toContain("without its objects");
  await eventWhen(world, "docs", "DriftCorrected");
  await expectInvariants(world);
});

test("settings that are not declared are neither read nor reported nor written", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world, OFTEN);
  const Bucket = world.bucketName("plain");
  await readyBucket(world, "plain");
  await world.person.send(
    new PutBucketCorsCommand({
      Bucket,
      CORSConfiguration: { CORSRules: [{ AllowedOrigins: ["*"], AllowedMethods: ["GET"] }] },
    }),
  );
  await world.person.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
  await world.person.send(
    new PutBucketLifecycleConfigurationCommand({
      Bucket,
      LifecycleConfiguration: { Rules: [{ ID: "x", Status: "Enabled", Filter: {}, Expiration: { Days: 3 } }] },
    }),
  );
  const before = snapshot(world, Bucket);
  const writes = operatorWrites(world).length;

  await expectNothingToWrite(world, ["plain"]);

  expect(operatorWrites(world)).toHaveLength(writes);
  expect(snapshot(world, Bucket)).toEqual(before);
  const actions = new Set(operatorCalls(world).map(({ action }) => action));
  for (const action of ["s3:GetBucketCORS", "s3:GetBucketVersioning", "s3:GetLifecycleConfiguration"])
    expect(actions).not.toContain(action);
  const ready = await world.bucket("plain");
  expect(ready.status?.drift).toBeUndefined();
  expect((await eventsOf(world, "plain")).map(({ reason }) => reason)).not.toContain("DriftDetected");
  await expectInvariants(world);
});

test("a bucket whose ownership tags a user removed is no longer changed", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world, OFTEN);
  const bucketName = world.bucketName("docs");
  await readyBucket(world, "docs", { versioning: "Enabled" });
  atAws(world, bucketName).tags.clear();
  await world.bucketWhen("docs", isStalled("BucketNotOwned"));
  const writes = operatorWrites(world).length;
  await world.person.send(
    new PutBucketVersioningCommand({ Bucket: bucketName, VersioningConfiguration: { Status: "Suspended" } }),
  );
  await expectInvariants(world);
  expect(operatorWrites(world)).toHaveLength(writes);
  expect(atAws(world, bucketName).versioning).toBe("Suspended");
});
