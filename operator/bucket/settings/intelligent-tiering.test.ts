import { describe, expect, test } from "vitest";
import { fakeBucket } from "../testing/fake-bucket.ts";
import { settingContextWith } from "../testing/fixtures.ts";
import { intelligentTiering as setting } from "./intelligent-tiering.ts";

const ARCHIVE = {
  Id: "archive",
  Status: "Enabled",
  Filter: { And: { Prefix: "raw/", Tags: [{ Key: "a", Value: "1" }] } },
  Tierings: [
    { AccessTier: "ARCHIVE_ACCESS", Days: 90 },
    { AccessTier: "DEEP_ARCHIVE_ACCESS", Days: 180 },
  ],
};

const desired = setting.desired(
  {
    intelligentTiering: {
      configurations: [
        {
          id: "archive",
          status: "Enabled",
          filter: { prefix: "raw/", tags: { a: "1" } },
          tierings: [
            { accessTier: "ARCHIVE_ACCESS", days: 90 },
            { accessTier: "DEEP_ARCHIVE_ACCESS", days: 180 },
          ],
        },
      ],
    },
  },
  settingContextWith(),
);

test("desired: the spec's configurations in S3's words", () => {
  expect(desired).toMatchObject({ configurations: [ARCHIVE] });
});

test("observe: one call, which lists all", async () => {
  const { bucket, calls } = fakeBucket(() => ({ IntelligentTieringConfigurationList: [ARCHIVE] }));
  expect(await setting.observe(bucket)).toEqual([ARCHIVE]);
  expect(calls).toEqual([{ command: "ListBucketIntelligentTieringConfigurationsCommand", input: bucket.ref }]);
});

test("diff: the order of tiers is no difference", () => {
  expect(setting.diff(desired, [{ ...ARCHIVE, Tierings: ARCHIVE.Tierings.toReversed() }])).toEqual([]);
});

describe("diff finds", () => {
  test.each([
    ["status", { Status: "Disabled" }],
    ["prefix", { Filter: { Tag: { Key: "a", Value: "1" } } }],
    ["tags", { Filter: { Prefix: "raw/" } }],
    ["tierings", { Tierings: [{ AccessTier: "ARCHIVE_ACCESS", Days: 90 }] }],
    ["tierings", { Tierings: [ARCHIVE.Tierings[0], { AccessTier: "DEEP_ARCHIVE_ACCESS", Days: 181 }] }],
  ])("another %s: %j", (field, other) => {
    const paths = setting.diff(desired, [{ ...ARCHIVE, ...other }]).map(({ path }) => path);
    expect(paths).toEqual([`configurations[archive].${field}`]);
  });
});

test("write: the id in query and body, which must match", async () => {
  const { bucket, calls } = fakeBucket();
  await setting.write(bucket, desired, []);
  expect(calls).toEqual([
    {
      command: "PutBucketIntelligentTieringConfigurationCommand",
      input: { ...bucket.ref, Id: "archive", IntelligentTieringConfiguration: ARCHIVE },
    },
  ]);
});

test("write: one that is no longer declared is deleted", async () => {
  const { bucket, calls } = fakeBucket();
  const context = settingContextWith({ appliedIds: { intelligentTiering: ["archive"] } });
  await setting.write(bucket, setting.reset([ARCHIVE], context), [ARCHIVE]);
  expect(calls).toEqual([
    { command: "DeleteBucketIntelligentTieringConfigurationCommand", input: { ...bucket.ref, Id: "archive" } },
  ]);
});
