import { describe, expect, test } from "vitest";
import type { S3BucketSpec } from "../../api/types.ts";
import { failing, fakeBucket } from "../testing/fake-bucket.ts";
import { settingContextWith } from "../testing/fixtures.ts";
import { replication as setting } from "./replication.ts";

const ROLE = "arn:aws:iam::111122223333:role/replication";
const KEY = "arn:aws:kms:eu-west-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab";

const SPEC: S3BucketSpec = {
  replication: {
    roleArn: ROLE,
    rules: [
      {
        id: "backup",
        priority: 1,
        status: "Enabled",
        filter: { prefix: "raw/" },
        deleteMarkerReplication: "Enabled",
        sourceSelectionCriteria: { sseKmsEncryptedObjects: "Enabled" },
        destination: {
          bucket: "arn:aws:s3:::backup",
          account: "444455556666",
          accessControlTranslation: { owner: "Destination" },
          storageClass: "GLACIER",
          replicaKmsKeyArn: KEY,
          replicationTime: "Enabled",
          metrics: "Enabled",
        },
      },
      { id: "rest", priority: 2, status: "Disabled", destination: { bucket: "arn:aws:s3:::rest" } },
    ],
  },
};
const BACKUP = {
  ID: "backup",
  Priority: 1,
  Status: "Enabled",
  Filter: { Prefix: "raw/" },
  DeleteMarkerReplication: { Status: "Enabled" },
  SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: "Enabled" } },
  Destination: {
    Bucket: "arn:aws:s3:::backup",
    Account: "444455556666",
    AccessControlTranslation: { Owner: "Destination" },
    StorageClass: "GLACIER",
    EncryptionConfiguration: { ReplicaKmsKeyID: KEY },
    ReplicationTime: { Status: "Enabled", Time: { Minutes: 15 } },
    Metrics: { Status: "Enabled", EventThreshold: { Minutes: 15 } },
  },
};
// S3 takes a rule in its current form only with a filter and DeleteMarkerReplication.
const REST = {
  ID: "rest",
  Priority: 2,
  Status: "Disabled",
  Filter: { Prefix: "" },
  DeleteMarkerReplication: { Status: "Disabled" },
  Destination: { Bucket: "arn:aws:s3:::rest" },
};
const desired = setting.desired(SPEC, settingContextWith());
const written = { Role: ROLE, Rules: [BACKUP, REST] };

test("desired: the spec's rules in S3's words", () => {
  const { DeleteMarkerReplication: _, ...rest } = REST;
  expect(desired).toEqual({ Role: ROLE, Rules: [BACKUP, rest] });
  expect(setting.desired({}, settingContextWith({ baseline: true }))).toBeUndefined();
});

describe("observe", () => {
  test("the configuration", async () => {
    const { bucket, calls } = fakeBucket(() => ({ ReplicationConfiguration: written }));
    expect(await setting.observe(bucket)).toEqual(written);
    expect(calls).toEqual([{ command: "GetBucketReplicationCommand", input: bucket.ref }]);
  });

  test("none", async () => {
    const { bucket } = fakeBucket(failing("ReplicationConfigurationNotFoundError", 404));
    expect(await setting.observe(bucket)).toEqual({ Rules: [] });
  });
});

describe("diff finds nothing in", () => {
  const without = (rule: object, ...fields: string[]) =>
    Object.fromEntries(Object.entries(rule).filter(([field]) => !fields.includes(field)));

  test.each([
    ["the same", [BACKUP, REST]],
    ["rules in another order", [REST, BACKUP]],
    ["no filter", [BACKUP, { ...REST, Filter: {} }]],
    ["a prefix in the old form", [{ ...without(BACKUP, "Filter"), Prefix: "raw/" }, REST]],
    ["no word on delete markers", [BACKUP, without(REST, "DeleteMarkerReplication")]],
    [
      "what is off, stated",
      [
        BACKUP,
        {
          ...REST,
          SourceSelectionCriteria: { ReplicaModifications: { Status: "Disabled" } },
          Destination: {
            ...REST.Destination,
            Metrics: { Status: "Disabled" },
            ReplicationTime: { Status: "Disabled" },
          },
        },
      ],
    ],
    ["fields unknown to us", [{ ...BACKUP, SimulatedUnknownField: "unknown" }, REST]],
  ])("%s", (_case, Rules) => {
    expect(setting.diff(desired, { Role: ROLE, Rules })).toEqual([]);
  });
});

describe("diff finds", () => {
  const to = (other: object) => ({ Destination: { ...BACKUP.Destination, ...other } });

  test.each([
    ["priority", { Priority: 3 }],
    ["status", { Status: "Disabled" }],
    ["prefix", { Filter: { Prefix: "raw" } }],
    ["tags", { Filter: { And: { Prefix: "raw/", Tags: [{ Key: "a", Value: "1" }] } } }],
    ["deleteMarkerReplication", { DeleteMarkerReplication: { Status: "Disabled" } }],
    ["sseKmsEncryptedObjects", { SourceSelectionCriteria: undefined }],
    ["bucket", to({ Bucket: "arn:aws:s3:::other" })],
    ["account", to({ Account: undefined })],
    ["accessControlTranslation", to({ AccessControlTranslation: undefined })],
    ["storageClass", to({ StorageClass: undefined })],
    ["replicaKmsKeyArn", to({ EncryptionConfiguration: { ReplicaKmsKeyID: "other" } })],
    ["replicationTime", to({ ReplicationTime: undefined })],
    ["metrics", to({ Metrics: undefined })],
  ])("another %s: %j", (field, other) => {
    const changes = setting.diff(desired, { Role: ROLE, Rules: [{ ...BACKUP, ...other }, REST] });
    expect(changes.map(({ path }) => path)).toEqual([`rules[backup].${field}`]);
  });

  test("another role, and a rule of another writer", () => {
    const changes = setting.diff(desired, { Role: `${ROLE}2`, Rules: [BACKUP, REST, { ...REST, ID: "theirs" }] });
    expect(changes.map(({ path }) => path)).toEqual(["roleArn", "rules[theirs]"]);
  });
});

type RuleSpec = NonNullable<S3BucketSpec["replication"]>["rules"][number];

/** One rule, as it is declared, found and written. */
function taking(rule: Partial<RuleSpec>, found?: object) {
  const spec = {
    id: "r",
    priority: 1,
    status: "Enabled",
    destination: { bucket: "arn:aws:s3:::backup" },
    ...rule,
  } as const;
  const declared = setting.desired({ replication: { roleArn: ROLE, rules: [spec] } }, settingContextWith());
  const former = { ID: "r", Priority: 1, Status: "Enabled", Destination: { Bucket: "arn:aws:s3:::backup" }, ...found };
  const observed = { Role: ROLE, Rules: found ? [former] : [] };
  const changes = setting
    .diff(declared, observed)
    .map(({ path, desired, actual }) => `${path}: ${desired} <- ${actual}`);
  const put = async () => {
    const { bucket, calls } = fakeBucket();
    await setting.write(bucket, declared, observed);
    const put = calls[0]?.input["ReplicationConfiguration"] as { Rules: Record<string, unknown>[] } | undefined;
    return put?.Rules[0];
  };
  return { changes, put };
}

describe("delete markers that the spec does not mention", () => {
  const OLD = { Priority: undefined, Prefix: "" };
  const markers = (Status: string) => ({ DeleteMarkerReplication: { Status } });

  test.each<[string, Partial<RuleSpec>, object | undefined, string]>([
    ["are not replicated by a new rule", {}, undefined, "Disabled"],
    ["stay replicated by a rule of the oldest form", {}, OLD, "Enabled"],
    ["stay as such a rule says", {}, { ...OLD, ...markers("Disabled") }, "Disabled"],
    ["stay replicated by a rule with a filter", {}, { Filter: {}, ...markers("Enabled") }, "Enabled"],
    ["are not replicated where such a rule is silent too", {}, { Filter: {} }, "Disabled"],
    ["are not replicated by tag, which S3 refuses", { filter: { tags: { a: "1" } } }, OLD, "Disabled"],
    ["nor without tags", { filter: { not: { tags: [{ key: "a", value: "1" }] } } }, OLD, "Disabled"],
  ])("%s", async (_case, rule, found, status) => {
    expect(await taking(rule, found).put()).toMatchObject(markers(status));
  });

  test("are a difference in a rule of the oldest form if the spec disables them", () => {
    expect(taking({ deleteMarkerReplication: "Disabled" }, OLD).changes).toEqual([
      "rules[r].priority: 1 <- ",
      "rules[r].deleteMarkerReplication: Disabled <- Enabled",
    ]);
    expect(taking({}, OLD).changes).toEqual(["rules[r].priority: 1 <- "]);
  });
});

describe("exclusions of a rule", () => {
  const TMP = { Not: { Prefix: "tmp/" } };
  const TAG = { Key: "a", Value: "1" };

  test.each<[NonNullable<RuleSpec["filter"]>, object]>([
    [{ not: { prefixes: ["tmp/"] } }, TMP],
    [{ not: { tags: [{ key: "a", value: "1" }] } }, { Not: { Tag: TAG } }],
    [{ not: { prefixes: ["tmp/", "old/"] } }, { Not: { Or: { Prefixes: ["tmp/", "old/"] } } }],
    [{ prefix: "raw/", not: { prefixes: ["raw/tmp/"] } }, { And: { Prefix: "raw/", Not: { Prefix: "raw/tmp/" } } }],
  ])("%j in S3's words", async (filter, Filter) => {
    expect(await taking({ filter }).put()).toMatchObject({ Filter });
    expect(taking({ filter, deleteMarkerReplication: "Disabled" }, { Filter }).changes).toEqual([]);
  });

  test("is the same in any form and order", () => {
    const filter = { not: { prefixes: ["tmp/", "old/"], tags: [{ key: "a", value: "1" }] } };
    const Filter = { And: { Not: { Or: { Prefixes: ["old/", "tmp/"], Tags: [TAG] } } } };
    expect(taking({ filter }, { Filter }).changes).toEqual([]);
  });

  test("stays if the spec does not mention it, and is removed if the spec says so", async () => {
    expect(taking({}, { Filter: TMP }).changes).toEqual([]);
    expect(await taking({ status: "Disabled" }, { Filter: TMP }).put()).toMatchObject({ Filter: TMP });
    expect(await taking({ filter: { prefix: "raw/" } }, { Filter: TMP }).put()).toMatchObject({
      Filter: { And: { Prefix: "raw/", ...TMP } },
    });
    const all = taking({ filter: { not: {} } }, { Filter: TMP });
    expect(all.changes).toEqual(['rules[r].not:  <- {"prefixes":["tmp/"]}']);
    expect(await all.put()).toMatchObject({ Filter: { Prefix: "" } });
  });
});

describe("the source's multi-Region key", () => {
  const sourceSelectionCriteria = { sseKmsEncryptedObjects: "Enabled" } as const;
  const to = (extra: object) => ({ sourceSelectionCriteria, destination: { bucket: "arn:aws:s3:::backup", ...extra } });
  const found = (EncryptionConfiguration: object) => ({
    Filter: {},
    SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: "Enabled" } },
    Destination: { Bucket: "arn:aws:s3:::backup", EncryptionConfiguration },
  });
  const USED = { UseSourceMultiRegionKey: { Status: "Enabled" } };

  test("in S3's words, with another key for the others and without", async () => {
    const encryption = async (extra: object) =>
      ((await taking(to(extra)).put()) as { Destination: Record<string, unknown> }).Destination.EncryptionConfiguration;
    expect(await encryption({ useSourceMultiRegionKey: "Enabled" })).toEqual(USED);
    expect(await encryption({ useSourceMultiRegionKey: "Enabled", replicaKmsKeyArn: KEY })).toEqual({
      ...USED,
      ReplicaKmsKeyID: KEY,
    });
    expect(await encryption({ useSourceMultiRegionKey: "Disabled" })).toBeUndefined();
  });

  test("stays if the spec does not mention it, and is removed if the spec says so", async () => {
    const both = found({ ...USED, ReplicaKmsKeyID: "other" });
    expect(taking(to({ replicaKmsKeyArn: KEY }), both).changes).toEqual([`rules[r].replicaKmsKeyArn: ${KEY} <- other`]);
    expect(await taking(to({ replicaKmsKeyArn: KEY }), both).put()).toMatchObject({
      Destination: { EncryptionConfiguration: { ...USED, ReplicaKmsKeyID: KEY } },
    });
    expect(taking(to({ replicaKmsKeyArn: "other", useSourceMultiRegionKey: "Disabled" }), both).changes).toEqual([
      "rules[r].useSourceMultiRegionKey: Disabled <- Enabled",
    ]);
  });
});

test("write sends the whole configuration", async () => {
  const { bucket, calls } = fakeBucket();
  await setting.write(bucket, desired, { Rules: [] });
  expect(calls).toEqual([
    { command: "PutBucketReplicationCommand", input: { ...bucket.ref, ReplicationConfiguration: written } },
  ]);
});

test("write keeps what a spec cannot express", async () => {
  const { bucket, calls } = fakeBucket();
  const ExistingObjectReplication = { Status: "Enabled" };
  await setting.write(bucket, desired, { Rules: [{ ...BACKUP, ExistingObjectReplication }] });
  const Rules = [{ ...BACKUP, ExistingObjectReplication }, REST];
  expect(calls[0]?.input).toMatchObject({ ReplicationConfiguration: { ...written, Rules } });
});

test("reset removes it, if there is one", async () => {
  const { bucket, calls } = fakeBucket();
  const reset = setting.reset(written, settingContextWith());
  await setting.write(bucket, reset, written);
  expect(calls).toEqual([{ command: "DeleteBucketReplicationCommand", input: bucket.ref }]);
  expect(setting.diff(reset, { Rules: [] })).toEqual([]);
  expect(setting.diff(reset, written)).not.toEqual([]);
  expect(setting.reset({ Rules: [] }, settingContextWith())).toBeUndefined();
});

describe("toSpec", () => {
  const observed = setting.desired(SPEC, settingContextWith()) as { Rules: object[] };
  const toSpec = (Rules: object[]) => setting.toSpec({ ...observed, Rules }, settingContextWith());

  test("all rules in the spec's words", () => {
    const { spec, omitted } = toSpec(observed.Rules);
    expect(setting.diff(setting.desired(spec ?? {}, settingContextWith()), observed)).toEqual([]);
    expect(omitted).toBeUndefined();
    expect(toSpec([])).toEqual({});
  });

  test.each([
    ["a field that a spec does not have", { ExistingObjectReplication: { Status: "Enabled" } }],
    ["no priority, as in the old form", { Priority: undefined }],
  ])("a rule with %s, and nothing is said, since a Put writes all", (_case, more) => {
    const { spec, omitted } = toSpec([...observed.Rules, { ...observed.Rules[0], ID: "other", ...more }]);
    expect(spec).toBeUndefined();
    expect(omitted).toEqual([expect.stringContaining("rule 'other'")]);
  });
});
