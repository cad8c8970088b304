import { describe, expect, test } from "vitest";
import type { InventoryEncryption } from "../../api/generated/s3bucket.ts";
import { fakeBucket } from "../testing/fake-bucket.ts";
import { settingContextWith } from "../testing/fixtures.ts";
import { inventory as setting } from "./inventory.ts";

const KEY = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const TARGET = {
  Bucket: "arn:aws:s3:::reports",
  AccountId: "444455556666",
  Prefix: "inventory/",
  Format: "Parquet",
  Encryption: { SSEKMS: { KeyId: KEY } },
};
const DAILY = {
  Id: "daily",
  IsEnabled: true,
  IncludedObjectVersions: "Current",
  Schedule: { Frequency: "Daily" },
  Filter: { Prefix: "raw/" },
  OptionalFields: ["Size", "ETag"],
  Destination: { S3BucketDestination: TARGET },
};

function desiredWith(encryption: InventoryEncryption | undefined): unknown {
  const destination = {
    bucket: TARGET.Bucket,
    accountId: TARGET.AccountId,
    prefix: TARGET.Prefix,
    format: "Parquet" as const,
    ...(encryption && { encryption }),
  };
  const configuration = {
    id: "daily",
    includedObjectVersions: "Current" as const,
    frequency: "Daily" as const,
    filter: { prefix: "raw/" },
    optionalFields: ["Size" as const, "ETag" as const],
    destination,
  };
  return setting.desired({ inventory: { configurations: [configuration] } }, settingContextWith());
}

const desired = desiredWith({ sseAlgorithm: "aws:kms", kmsKeyArn: KEY });

test("desired: the spec's configurations in S3's words, enabled unless said otherwise", () => {
  expect(desired).toMatchObject({ configurations: [DAILY] });
});

test.each<[InventoryEncryption | undefined, unknown]>([
  [undefined, undefined],
  [{ sseAlgorithm: "AES256" }, { SSES3: {} }],
  [{ sseAlgorithm: "aws:kms", kmsKeyArn: KEY }, { SSEKMS: { KeyId: KEY } }],
])("desired: encryption %j is %j", (encryption, Encryption) => {
  const Destination = { S3BucketDestination: { Encryption } };
  expect(desiredWith(encryption)).toMatchObject({ configurations: [{ Destination }] });
});

test("observe, write: the calls of inventory", async () => {
  const { bucket, calls } = fakeBucket(() => ({ InventoryConfigurationList: [DAILY] }));
  expect(await setting.observe(bucket)).toEqual([DAILY]);
  await setting.write(bucket, desired, []);
  const context = settingContextWith({ appliedIds: { inventory: ["daily"] } });
  await setting.write(bucket, setting.reset([DAILY], context), [DAILY]);
  expect(calls).toEqual([
    { command: "ListBucketInventoryConfigurationsCommand", input: bucket.ref },
    {
      command: "PutBucketInventoryConfigurationCommand",
      input: { ...bucket.ref, Id: "daily", InventoryConfiguration: DAILY },
    },
    { command: "DeleteBucketInventoryConfigurationCommand", input: { ...bucket.ref, Id: "daily" } },
  ]);
});

test("diff: the order of fields is no difference", () => {
  expect(setting.diff(desired, [{ ...DAILY, OptionalFields: ["ETag", "Size"] }])).toEqual([]);
});

describe("diff finds", () => {
  const at = (other: object) => ({ Destination: { S3BucketDestination: { ...TARGET, ...other } } });
  test.each([
    ["isEnabled", { IsEnabled: false }],
    ["includedObjectVersions", { IncludedObjectVersions: "All" }],
    ["frequency", { Schedule: { Frequency: "Weekly" } }],
    ["prefix", { Filter: undefined }],
    ["optionalFields", { OptionalFields: undefined }],
    ["destination", at({ Bucket: "arn:aws:s3:::other" })],
    ["destination", at({ AccountId: undefined })],
    ["destination", at({ Format: "CSV" })],
    ["encryption", at({ Encryption: { SSES3: {} } })],
    ["encryption", at({ Encryption: undefined })],
  ])("another %s: %j", (field, other) => {
    const paths = setting.diff(desired, [{ ...DAILY, ...other }]).map(({ path }) => path);
    expect(paths).toEqual([`configurations[daily].${field}`]);
  });
});
