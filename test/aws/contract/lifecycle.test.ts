/** Lifecycle configurations: FACTS.md#s3-lifecycle. */

import {
  DeleteBucketLifecycleCommand,
  GetBucketLifecycleConfigurationCommand,
  PutBucketLifecycleConfigurationCommand,
  type LifecycleRule,
  type PutBucketLifecycleConfigurationCommandInput,
  type Transition,
} from "@aws-sdk/client-s3";
import { afterAll, describe, expect, test } from "vitest";
import { createBucket, simulatorTest, startTarget } from "./target.ts";

const target = await startTarget();
afterAll(() => target.stop());
const Bucket = await createBucket(target);

type MinimumSize = PutBucketLifecycleConfigurationCommandInput["TransitionDefaultMinimumObjectSize"];

const put = (Rules: LifecycleRule[], TransitionDefaultMinimumObjectSize?: MinimumSize) =>
  target.s3().send(
    new PutBucketLifecycleConfigurationCommand({
      Bucket,
      LifecycleConfiguration: { Rules },
      ...(TransitionDefaultMinimumObjectSize !== undefined && { TransitionDefaultMinimumObjectSize }),
    }),
  );
const get = () => target.s3().send(new GetBucketLifecycleConfigurationCommand({ Bucket }));

/** A rule that expires everything after a year, with the fields of the test. */
const rule = (fields: Partial<LifecycleRule> = {}): LifecycleRule => ({
  ID: "a",
  Status: "Enabled",
  Filter: { Prefix: "raw/" },
  Expiration: { Days: 365 },
  ...fields,
});

test("a lifecycle configuration reads back every field as written", async () => {
  const rules: LifecycleRule[] = [
    rule({
      Filter: {
        And: {
          Prefix: "raw/",
          Tags: [{ Key: "tier", Value: "cold" }],
          ObjectSizeGreaterThan: 1,
          ObjectSizeLessThan: 9,
        },
      },
      Transitions: [
        { Days: 30, StorageClass: "STANDARD_IA" },
        { Days: 90, StorageClass: "GLACIER" },
      ],
      NoncurrentVersionTransitions: [{ NoncurrentDays: 30, StorageClass: "ONEZONE_IA", NewerNoncurrentVersions: 2 }],
      NoncurrentVersionExpiration: { NoncurrentDays: 90, NewerNoncurrentVersions: 3 },
    }),
    {
      ID: "b",
      Status: "Disabled",
      Filter: { Prefix: "<&> \u00e4" },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
    },
  ];
  await put(rules);
  expect((await get()).Rules).toEqual(rules);
});

test("a write without the minimum object size resets it to the default", async () => {
  await put([rule()], "varies_by_storage_class");
  expect((await get()).TransitionDefaultMinimumObjectSize).toBe("varies_by_storage_class");
  await put([rule()]);
  expect((await get()).TransitionDefaultMinimumObjectSize).toBe("all_storage_classes_128K");
});

test("missing rule IDs are generated", async () => {
  const { ID: _, ...nameless } = rule();
  await put([nameless, rule({ ID: "b" })]);
  const ids = (await get()).Rules?.map(({ ID }) => ID);
  expect(ids).toEqual([expect.stringMatching(/.+/) as unknown, "b"]);
});

test("a lifecycle configuration is absent after deletion", async () => {
  await put([rule()]);
  await target.s3().send(new DeleteBucketLifecycleCommand({ Bucket }));
  await expect(get()).rejects.toMatchObject({ name: "NoSuchLifecycleConfiguration" });
});

describe("valid lifecycle rules", () => {
  test.for<[string, Partial<LifecycleRule>]>([
    ["a transition to Glacier on day 0", { Transitions: [{ Days: 0, StorageClass: "GLACIER" }] }],
    ["dates in all actions", dated("2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z")],
    ["an empty filter", { Filter: {} }],
    ["expiration of delete markers only", { Expiration: { ExpiredObjectDeleteMarker: true } }],
  ])("a lifecycle rule can have %s", async ([, fields]) => {
    await put([rule(fields)]);
  });
});

test("other classes may follow Standard-IA the next day, and a transition may have neither days nor date", async () => {
  const Transitions: Transition[] = [
    { Days: 30, StorageClass: "STANDARD_IA" },
    { Days: 31, StorageClass: "INTELLIGENT_TIERING" },
    { Days: 32, StorageClass: "GLACIER_IR" },
  ];
  const atOnce: Transition[] = [{ StorageClass: "INTELLIGENT_TIERING" }];
  const rules = [
    rule({ ID: "steps", Transitions, Expiration: { Days: 365 } }),
    rule({ ID: "at-once", Transitions: atOnce }),
  ];
  await put(rules);
  expect((await get()).Rules?.map((each) => each.Transitions)).toEqual([Transitions, atOnce]);
});

describe("invalid lifecycle rules", () => {
  const infrequent = { Days: 30, StorageClass: "STANDARD_IA" } as const;
  test.for<[string, string, LifecycleRule[]]>([
    ["Standard-IA before day 30", "InvalidArgument", [rule({ Transitions: [{ ...infrequent, Days: 29 }] })]],
    [
      "One Zone-IA for noncurrent versions before day 30",
      "InvalidArgument",
      [rule({ NoncurrentVersionTransitions: [{ NoncurrentDays: 1, StorageClass: "ONEZONE_IA" }] })],
    ],
    [
      "a colder class before a warmer one",
      "InvalidArgument",
      [rule({ Transitions: [infrequent, { Days: 10, StorageClass: "GLACIER" }] })],
    ],
    [
      "Glacier within 30 days of Standard-IA",
      "InvalidArgument",
      [rule({ Transitions: [infrequent, { Days: 59, StorageClass: "GLACIER" }] })],
    ],
    [
      "One Zone-IA within 30 days of Standard-IA",
      "InvalidArgument",
      [rule({ Transitions: [infrequent, { Days: 59, StorageClass: "ONEZONE_IA" }] })],
    ],
    ["Standard-IA at once", "InvalidArgument", [rule({ Transitions: [{ StorageClass: "STANDARD_IA" }] })]],
    [
      "a transition by days and by date",
      "MalformedXML",
      [rule({ Transitions: [{ Days: 1, Date: new Date(0), StorageClass: "GLACIER" }] })],
    ],
    ["a repeated storage class", "InvalidRequest", [rule({ Transitions: [infrequent, { ...infrequent, Days: 60 }] })]],
    [
      "expiration that is not after the last transition",
      "InvalidArgument",
      [rule({ Transitions: [{ Days: 365, StorageClass: "GLACIER" }] })],
    ],
    ["days and a date in one action", "MalformedXML", [rule({ Expiration: { Days: 1, Date: new Date(0) } })]],
    [
      "days and dates in one rule",
      "InvalidRequest",
      [rule({ Transitions: [{ Date: new Date("2030-01-01T00:00:00Z"), StorageClass: "GLACIER" }] })],
    ],
    [
      "a date that is not midnight GMT",
      "InvalidArgument",
      [rule({ Expiration: { Date: new Date("2030-01-01T01:00:00Z") } })],
    ],
    ["expiration on day 0", "InvalidArgument", [rule({ Expiration: { Days: 0 } })]],
    ["a repeated ID", "InvalidArgument", [rule(), rule()]],
    ["an ID of 256 characters", "InvalidArgument", [rule({ ID: "x".repeat(256) })]],
    ["no rules", "MalformedXML", []],
    ["1,001 rules", "InvalidRequest", Array.from({ length: 1001 }, (_, index) => rule({ ID: String(index) }))],
    ["a rule without an action", "InvalidRequest", [rule({ Expiration: undefined })]],
    ["a rule without a filter", "MalformedXML", [rule({ Filter: undefined })]],
    ["Filter and legacy Prefix", "InvalidRequest", [rule(), rule({ ID: "b", Filter: undefined, Prefix: "x" })]],
    ["two predicates without And", "MalformedXML", [rule({ Filter: { Prefix: "x", ObjectSizeLessThan: 5 } })]],
    ["And with one predicate", "MalformedXML", [rule({ Filter: { And: { Prefix: "x" } } })]],
    [
      "object sizes that exclude each other",
      "InvalidRequest",
      [rule({ Filter: { And: { ObjectSizeGreaterThan: 9, ObjectSizeLessThan: 9 } } })],
    ],
    [
      "expiration of delete markers by tag",
      "InvalidRequest",
      [rule({ Filter: { Tag: { Key: "k", Value: "v" } }, Expiration: { ExpiredObjectDeleteMarker: true } })],
    ],
    [
      "abort of uploads by object size",
      "InvalidRequest",
      [rule({ Filter: { ObjectSizeLessThan: 5 }, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } })],
    ],
    [
      "101 newer noncurrent versions",
      "InvalidArgument",
      [rule({ NoncurrentVersionExpiration: { NoncurrentDays: 1, NewerNoncurrentVersions: 101 } })],
    ],
    ["an unknown status", "MalformedXML", [rule({ Status: "On" as never })]],
  ])("a lifecycle configuration with %s is refused with %s", async ([, name, rules]) => {
    await expect(put(rules)).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 400 } });
  });
});

describe("lifecycle answers that differ in form", () => {
  simulatorTest("lifecycleFlap alternates old and new answers after a write", async () => {
    await put([rule({ ID: "old" })]);
    target.simulator.normalise.set({ lifecycleFlap: { reads: 3 } }, Bucket);
    await put([rule({ ID: "new" })]);
    const ids: (string | undefined)[] = [];
    for (let read = 0; read < 5; read++) ids.push((await get()).Rules?.[0]?.ID);
    expect(ids).toEqual(["old", "new", "old", "new", "new"]);
    target.simulator.normalise.clear();
  });

  simulatorTest.for([
    ["Prefix", "raw/", { Prefix: "raw/" }],
    ["FilterPrefix", "", { Filter: { Prefix: "" } }],
    ["EmptyFilter", "", { Filter: {} }],
  ] as const)("lifecyclePrefixForm returns the prefix in the form %s", async ([form, Prefix, shown]) => {
    await put([rule({ Filter: { Prefix } })]);
    target.simulator.normalise.set({ lifecyclePrefixForm: form }, Bucket);
    const { ID, Status, Expiration } = rule();
    expect((await get()).Rules).toEqual([{ ID, Status, Expiration, ...shown }]);
    target.simulator.normalise.clear();
  });

  simulatorTest("unknownExtraFields adds elements that do not change what the SDK reads", async () => {
    await put([rule()]);
    target.simulator.normalise.set({ unknownExtraFields: true });
    expect((await get()).Rules).toEqual([rule()]);
    target.simulator.normalise.clear();
  });
});

function dated(transition: string, expiration: string): Partial<LifecycleRule> {
  return {
    Transitions: [{ Date: new Date(transition), StorageClass: "GLACIER" }],
    Expiration: { Date: new Date(expiration) },
  };
}
