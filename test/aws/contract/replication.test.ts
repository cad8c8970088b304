/**
 * Replication: FACTS.md#s3-replication. Not against AWS: it needs a role.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-add-config.html
 */

import {
  CreateBucketCommand,
  DeleteBucketReplicationCommand,
  GetBucketReplicationCommand,
  PutBucketReplicationCommand,
  PutBucketVersioningCommand,
  type Destination,
  type ReplicationRule,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect } from "vitest";
import { simulatorTest, startTarget, type Target } from "./target.ts";

let target: Target;
let Bucket: string;
let destination: string;

const Role = "arn:aws:iam::111122223333:role/replication";

beforeAll(async () => {
  target = await startTarget();
  [Bucket, destination] = [await versioned(), await versioned()];
});
afterAll(() => target.stop());

async function versioned(): Promise<string> {
  const name = target.bucketName();
  await target.s3().send(new CreateBucketCommand({ Bucket: name }));
  await version(name, "Enabled");
  return name;
}

const version = (name: string, Status: "Enabled" | "Suspended") =>
  target.s3().send(new PutBucketVersioningCommand({ Bucket: name, VersioningConfiguration: { Status } }));
const put = (Rules: ReplicationRule[], name = Bucket, role = Role) =>
  target.s3().send(new PutBucketReplicationCommand({ Bucket: name, ReplicationConfiguration: { Role: role, Rules } }));
const get = async () => (await target.s3().send(new GetBucketReplicationCommand({ Bucket }))).ReplicationConfiguration;
const remove = () => target.s3().send(new DeleteBucketReplicationCommand({ Bucket }));

const rule = (fields: Partial<ReplicationRule> = {}, to: Partial<Destination> = {}): ReplicationRule => ({
  ID: "all",
  Status: "Enabled",
  Priority: 1,
  Filter: {},
  DeleteMarkerReplication: { Status: "Disabled" },
  Destination: { Bucket: `arn:aws:s3:::${destination}`, ...to },
  ...fields,
});

simulatorTest("replication is absent at first, reads back as written, and is absent after deletion", async () => {
  await expect(get()).rejects.toMatchObject({
    name: "ReplicationConfigurationNotFoundError",
    $metadata: { httpStatusCode: 404 },
  });
  const metrics = { Status: "Enabled", EventThreshold: { Minutes: 15 } } as const;
  const Rules = [
    rule(
      {},
      { StorageClass: "STANDARD_IA", ReplicationTime: { Status: "Enabled", Time: { Minutes: 15 } }, Metrics: metrics },
    ),
    rule({ ID: "raw", Priority: 2, Filter: { And: { Prefix: "raw/", Tags: [{ Key: "k", Value: "v" }] } } }),
  ];
  await put(Rules);
  expect(await get()).toEqual({ Role, Rules });
  const replicates = { name: "InvalidBucketState", $metadata: { httpStatusCode: 409 } };
  await expect(version(Bucket, "Suspended")).rejects.toMatchObject(replicates);
  await remove();
  await remove();
  await expect(get()).rejects.toMatchObject({ name: "ReplicationConfigurationNotFoundError" });
});

simulatorTest("a replication rule can exclude objects, and use the related multi-Region key", async () => {
  const related = { UseSourceMultiRegionKey: { Status: "Enabled" } } as const;
  const SourceSelectionCriteria = { SseKmsEncryptedObjects: { Status: "Enabled" } } as const;
  const Tag = { Key: "k", Value: "v" };
  const Rules = [
    rule({ Filter: { Not: { Prefix: "tmp/" } }, SourceSelectionCriteria }, { EncryptionConfiguration: related }),
    rule({
      ID: "raw",
      Priority: 2,
      Filter: { And: { Prefix: "raw/", Not: { Or: { Prefixes: ["raw/a/", "raw/b/"], Tags: [Tag] } } } },
    }),
  ];
  await put(Rules);
  expect(await get()).toEqual({ Role, Rules });
  await remove();
});

simulatorTest("missing replication rule IDs are generated, and the call also needs iam:PassRole", async () => {
  await put([rule({ ID: undefined })]);
  expect((await get())?.Rules?.[0]?.ID).toBeTruthy();
  const call = target.simulator.calls.of(Bucket).findLast(({ operation }) => operation === "PutBucketReplication");
  expect(call?.actions).toEqual(["s3:PutReplicationConfiguration", "iam:PassRole"]);
  await remove();
});

simulatorTest("replication needs versioning on both buckets, and a missing destination answers the same", async () => {
  const plain = target.bucketName();
  await target.s3().send(new CreateBucketCommand({ Bucket: plain }));
  const invalid = (message: string) => ({ name: "InvalidRequest", message, $metadata: { httpStatusCode: 400 } });
  await expect(put([rule()], plain)).rejects.toMatchObject(
    invalid("Versioning must be 'Enabled' on the bucket to apply a replication configuration"),
  );
  for (const name of [plain, target.bucketName()]) {
    const to = put([rule({}, { Bucket: `arn:aws:s3:::${name}` })]);
    await expect(to).rejects.toMatchObject(invalid("Destination bucket must have versioning enabled."));
  }
});

simulatorTest("replication to another account refuses a wrong account ID", async () => {
  const theirs = target.bucketName();
  target.simulator.account("999988887777").createBucket(theirs).versioning = "Enabled";
  const to = (Account: string) =>
    put([rule({}, { Bucket: `arn:aws:s3:::${theirs}`, Account, AccessControlTranslation: { Owner: "Destination" } })]);
  await expect(to("111122223333")).rejects.toMatchObject({ name: "InvalidArgument" });
  await to("999988887777");
  await remove();
});

simulatorTest.for<[string, string, () => ReplicationRule[]]>([
  ["no rule", "MalformedXML", () => []],
  ["an unknown status", "MalformedXML", () => [rule({ Status: "On" as never })]],
  ["a destination that is not an ARN", "InvalidArgument", () => [rule({}, { Bucket: destination })]],
  ["the bucket itself as destination", "InvalidRequest", () => [rule({}, { Bucket: `arn:aws:s3:::${Bucket}` })]],
  ["a filter without priority", "InvalidRequest", () => [rule({ Priority: undefined })]],
  ["a filter without delete marker setting", "InvalidRequest", () => [rule({ DeleteMarkerReplication: undefined })]],
  [
    "delete markers with a tag filter",
    "InvalidRequest",
    () => [rule({ Filter: { Tag: { Key: "k", Value: "v" } }, DeleteMarkerReplication: { Status: "Enabled" } })],
  ],
  [
    "delete markers with an excluded tag",
    "InvalidRequest",
    () => [
      rule({ Filter: { Not: { Tag: { Key: "k", Value: "v" } } }, DeleteMarkerReplication: { Status: "Enabled" } }),
    ],
  ],
  [
    "two predicates in Not",
    "MalformedXML",
    () => [rule({ Filter: { Not: { Prefix: "a", Tag: { Key: "k", Value: "v" } } } })],
  ],
  ["an empty Not", "MalformedXML", () => [rule({ Filter: { Not: {} } })]],
  ["a repeated ID", "InvalidRequest", () => [rule(), rule({ Priority: 2 })]],
  ["a repeated priority", "InvalidRequest", () => [rule(), rule({ ID: "other" })]],
  [
    "an owner change without an account",
    "InvalidRequest",
    () => [rule({}, { AccessControlTranslation: { Owner: "Destination" } })],
  ],
  [
    "time control without metrics",
    "InvalidRequest",
    () => [rule({}, { ReplicationTime: { Status: "Enabled", Time: { Minutes: 15 } } })],
  ],
  [
    "SSE-KMS objects without a key",
    "InvalidRequest",
    () => [rule({ SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: "Enabled" } } })],
  ],
])("replication with %s is refused with %s", async ([, name, rules]) => {
  await expect(put(rules())).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 400 } });
});

simulatorTest("replication refuses a role that is not a role ARN", async () => {
  await expect(put([rule()], Bucket, "replication")).rejects.toMatchObject({ name: "InvalidArgument" });
});
