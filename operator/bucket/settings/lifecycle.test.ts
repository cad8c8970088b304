import { describe, expect, test } from "vitest";
import type { S3BucketSpec } from "../../api/types.ts";
import { failing, fakeBucket } from "../testing/fake-bucket.ts";
import { settingContextWith } from "../testing/fixtures.ts";
import { lifecycle as setting } from "./lifecycle.ts";

type Filter = NonNullable<NonNullable<S3BucketSpec["lifecycle"]>["rules"][number]["filter"]>;

const TIERS = {
  ID: "tiers",
  Status: "Enabled",
  Filter: { Prefix: "raw/" },
  Transitions: [
    { Days: 30, StorageClass: "STANDARD_IA" },
    { Days: 90, StorageClass: "GLACIER" },
  ],
  Expiration: { Days: 365 },
  NoncurrentVersionTransitions: [
    { NoncurrentDays: 30, NewerNoncurrentVersions: 2, StorageClass: "STANDARD_IA" },
    { NoncurrentDays: 60, StorageClass: "DEEP_ARCHIVE" },
  ],
  NoncurrentVersionExpiration: { NoncurrentDays: 90, NewerNoncurrentVersions: 3 },
  AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
};
const EXPIRE = { ID: "expire", Status: "Enabled", Filter: {}, Expiration: { Days: 1 } };

/** The desired state of the whole configuration. */
function whole(rules: object[], minimumObjectSize?: string) {
  return { rules, minimumObjectSize, owned: { ids: [], former: [], unmanaged: "Remove" } };
}

function changes(desired: object, observed: object) {
  return setting.diff(whole([desired]), { rules: [observed] });
}

describe("desired", () => {
  function filterOf(filter: Filter | undefined): unknown {
    const rules = [{ id: "a", status: "Enabled" as const, ...(filter && { filter }) }];
    const lifecycle = setting.desired({ lifecycle: { rules } }, settingContextWith()) as { rules: (typeof TIERS)[] };
    return lifecycle.rules[0]?.Filter;
  }

  test("nothing: there is no baseline for it", () => {
    expect(setting.desired({}, settingContextWith({ baseline: true }))).toBeUndefined();
  });

  test("the spec's rules in S3's words", () => {
    const spec: S3BucketSpec = {
      lifecycle: {
        transitionDefaultMinimumObjectSize: "varies_by_storage_class",
        rules: [
          {
            id: "tiers",
            status: "Enabled",
            filter: { prefix: "raw/" },
            transitions: [
              { days: 30, storageClass: "STANDARD_IA" },
              { days: 90, storageClass: "GLACIER" },
            ],
            expiration: { days: 365 },
            noncurrentVersionTransitions: [
              { noncurrentDays: 30, newerNoncurrentVersions: 2, storageClass: "STANDARD_IA" },
              { noncurrentDays: 60, storageClass: "DEEP_ARCHIVE" },
            ],
            noncurrentVersionExpiration: { noncurrentDays: 90, newerNoncurrentVersions: 3 },
            abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
          },
          {
            id: "date",
            status: "Disabled",
            transitions: [{ date: "2027-01-01T00:00:00Z", storageClass: "GLACIER_IR" }],
            expiration: { date: "2028-01-01T00:00:00Z" },
          },
          { id: "markers", status: "Enabled", expiration: { expiredObjectDeleteMarker: true } },
        ],
      },
    };
    expect(setting.desired(spec, settingContextWith())).toEqual({
      minimumObjectSize: "varies_by_storage_class",
      rules: [
        TIERS,
        {
          ID: "date",
          Status: "Disabled",
          Filter: {},
          Transitions: [{ Date: new Date("2027-01-01"), StorageClass: "GLACIER_IR" }],
          Expiration: { Date: new Date("2028-01-01") },
        },
        { ID: "markers", Status: "Enabled", Filter: {}, Expiration: { ExpiredObjectDeleteMarker: true } },
      ],
      owned: {
        ids: ["tiers", "date", "markers", "transitionDefaultMinimumObjectSize"],
        former: [],
        unmanaged: "Remove",
      },
    });
  });

  test.each<[Filter | undefined, unknown]>([
    [undefined, {}],
    [{}, {}],
    [{ prefix: "raw/" }, { Prefix: "raw/" }],
    [{ tags: { a: "1" } }, { Tag: { Key: "a", Value: "1" } }],
    [{ objectSizeGreaterThan: 0 }, { ObjectSizeGreaterThan: 0 }],
    [{ objectSizeLessThan: 9 }, { ObjectSizeLessThan: 9 }],
    [
      { tags: { a: "1", b: "2" } },
      {
        And: {
          Tags: [
            { Key: "a", Value: "1" },
            { Key: "b", Value: "2" },
          ],
        },
      },
    ],
    [{ prefix: "raw/", objectSizeLessThan: 9 }, { And: { Prefix: "raw/", ObjectSizeLessThan: 9 } }],
    [{ objectSizeGreaterThan: 1, objectSizeLessThan: 9 }, { And: { ObjectSizeGreaterThan: 1, ObjectSizeLessThan: 9 } }],
    [
      { prefix: "raw/", tags: { a: "1" }, objectSizeGreaterThan: 1 },
      { And: { Prefix: "raw/", Tags: [{ Key: "a", Value: "1" }], ObjectSizeGreaterThan: 1 } },
    ],
  ])("filter %j is %j", (filter, expected) => {
    expect(filterOf(filter)).toEqual(expected);
  });
});

describe("observe", () => {
  test("rules, and the header that goes with them", async () => {
    const answer = { Rules: [EXPIRE], TransitionDefaultMinimumObjectSize: "varies_by_storage_class" };
    const { bucket, calls } = fakeBucket(() => answer);
    const observed = { rules: [EXPIRE], minimumObjectSize: "varies_by_storage_class" };
    expect(await setting.observe(bucket)).toEqual(observed);
    expect(calls).toEqual([{ command: "GetBucketLifecycleConfigurationCommand", input: bucket.ref }]);
  });

  test("none", async () => {
    const { bucket } = fakeBucket(failing("NoSuchLifecycleConfiguration", 404));
    expect(await setting.observe(bucket)).toEqual({ rules: [] });
  });
});

describe("diff finds nothing in", () => {
  const everything = { ID: "a", Status: "Enabled" };
  const A = { Key: "a", Value: "1" };
  const B = { Key: "b", Value: "2" };

  // All forms of "no filter", and of "this prefix".
  const all = [{}, { Filter: {} }, { Filter: { Prefix: "" } }, { Prefix: "" }, { Filter: { And: {} } }];
  test.each(all.flatMap((one) => all.map((other) => [one, other])))("%j and %j", (one, other) => {
    expect(changes({ ...everything, ...one }, { ...everything, ...other })).toEqual([]);
  });
  const prefixed = [{ Filter: { Prefix: "raw/" } }, { Prefix: "raw/" }, { Filter: { And: { Prefix: "raw/" } } }];
  test.each(prefixed.flatMap((one) => prefixed.map((other) => [one, other])))("%j and %j", (one, other) => {
    expect(changes({ ...everything, ...one }, { ...everything, ...other })).toEqual([]);
  });

  test.each([
    ["one tag alone and in And", { Tag: A }, { And: { Tags: [A] } }],
    ["tags in another order", { And: { Tags: [A, B] } }, { And: { Tags: [B, A] } }],
    ["a size alone and in And", { ObjectSizeLessThan: 9 }, { And: { ObjectSizeLessThan: 9 } }],
    ["a lower size of 0 alone and in And", { ObjectSizeGreaterThan: 0 }, { And: { ObjectSizeGreaterThan: 0 } }],
    ["an empty prefix among others", { And: { Prefix: "", Tags: [A] } }, { Tag: A }],
  ])("%s", (_case, one, other) => {
    expect(changes({ ...everything, Filter: one }, { ...everything, Filter: other })).toEqual([]);
  });

  test.each([
    ["the same", TIERS],
    ["transitions in another order", { ...TIERS, Transitions: TIERS.Transitions.toReversed() }],
    [
      "noncurrent transitions in another order",
      { ...TIERS, NoncurrentVersionTransitions: TIERS.NoncurrentVersionTransitions.toReversed() },
    ],
    ["false", { ...TIERS, Expiration: { Days: 365, ExpiredObjectDeleteMarker: false } }],
    ["fields unknown to us", { ...TIERS, SimulatedUnknownField: "unknown" }],
    ["undefined fields", { ...TIERS, Prefix: undefined, Filter: { ...TIERS.Filter, Tag: undefined, And: undefined } }],
  ])("%s", (_case, observed) => {
    expect(changes(TIERS, observed)).toEqual([]);
  });

  test("no transitions and an empty list", () => {
    expect(changes(EXPIRE, { ...EXPIRE, Transitions: [], NoncurrentVersionTransitions: [] })).toEqual([]);
  });

  test("dates", () => {
    const on = (date: string) => ({ ...EXPIRE, Expiration: { Date: new Date(date) } });
    expect(changes(on("2027-01-01T00:00:00Z"), on("2027-01-01T00:00:00.000Z"))).toEqual([]);
  });

  test("rules in another order", () => {
    expect(setting.diff(whole([TIERS, EXPIRE]), { rules: [EXPIRE, TIERS] })).toEqual([]);
  });

  test("a minimum object size that is not declared", () => {
    const observed = { rules: [EXPIRE], minimumObjectSize: "varies_by_storage_class" };
    expect(setting.diff(whole([EXPIRE]), observed)).toEqual([]);
  });
});

describe("diff finds", () => {
  test.each([
    ["status", { Status: "Disabled" }],
    ["prefix", { Filter: { Prefix: "raw" } }],
    ["tags", { Filter: { And: { Prefix: "raw/", Tags: [{ Key: "a", Value: "1" }] } } }],
    ["objectSizeGreaterThan", { Filter: { And: { Prefix: "raw/", ObjectSizeGreaterThan: 1 } } }],
    ["objectSizeLessThan", { Filter: { And: { Prefix: "raw/", ObjectSizeLessThan: 9 } } }],
    ["transitions", { Transitions: [{ Days: 30, StorageClass: "STANDARD_IA" }] }],
    ["transitions", { Transitions: undefined }],
    ["expiration", { Expiration: { Days: 366 } }],
    ["expiration", { Expiration: undefined }],
    ["expiration", { Expiration: { Date: new Date("2027-01-01") } }],
    ["noncurrentVersionTransitions", { NoncurrentVersionTransitions: [] }],
    ["noncurrentVersionExpiration", { NoncurrentVersionExpiration: { NoncurrentDays: 90 } }],
    ["abortIncompleteMultipartUpload", { AbortIncompleteMultipartUpload: { DaysAfterInitiation: 8 } }],
  ])("another %s: %j", (field, other) => {
    expect(changes(TIERS, { ...TIERS, ...other }).map(({ path }) => path)).toEqual([`rules[tiers].${field}`]);
  });

  test("what differs, as people read it", () => {
    expect(changes(TIERS, { ...TIERS, Expiration: { Days: 1 } })).toEqual([
      { path: "rules[tiers].expiration", desired: '{"days":365}', actual: '{"days":1}' },
    ]);
  });

  test.each([
    ["a lower size of 0 where there is none", {}, { ObjectSizeGreaterThan: 0 }],
    ["0 among other criteria", { Prefix: "raw/" }, { And: { Prefix: "raw/", ObjectSizeGreaterThan: 0 } }],
  ])("%s, and none where it is", (_case, without, withZero) => {
    const rule = { ID: "a", Status: "Enabled" };
    const paths = (desired: object, observed: object) =>
      changes({ ...rule, Filter: desired }, { ...rule, Filter: observed }).map(({ path }) => path);
    expect(paths(without, withZero)).toEqual(["rules[a].objectSizeGreaterThan"]);
    expect(paths(withZero, without)).toEqual(["rules[a].objectSizeGreaterThan"]);
  });

  test("an expiration of another day", () => {
    const on = (date: string) => ({ ...EXPIRE, Expiration: { Date: new Date(date) } });
    expect(changes(on("2027-01-01"), on("2027-01-02"))).toHaveLength(1);
  });

  test("a rule of another writer, and one that is gone, by their ids", () => {
    const paths = setting.diff(whole([EXPIRE]), { rules: [TIERS] }).map(({ path }) => path);
    expect(paths).toEqual(["rules[expire]", "rules[tiers]"]);
  });

  test("rules without an id", () => {
    expect(setting.diff(whole([]), { rules: [{ Status: "Enabled" }, { Status: "Disabled" }] })).not.toEqual([]);
  });

  test("another minimum object size", () => {
    const desired = whole([EXPIRE], "all_storage_classes_128K");
    const observed = { rules: [EXPIRE], minimumObjectSize: "varies_by_storage_class" };
    expect(setting.diff(desired, observed)).toEqual([
      {
        path: "transitionDefaultMinimumObjectSize",
        desired: "all_storage_classes_128K",
        actual: "varies_by_storage_class",
      },
    ]);
  });
});

describe("write", () => {
  test.each([
    ["the declared size", "varies_by_storage_class", "all_storage_classes_128K", "varies_by_storage_class"],
    [
      "the size as it is, which a Put without it would reset",
      undefined,
      "varies_by_storage_class",
      "varies_by_storage_class",
    ],
    ["no size that was never set", undefined, undefined, undefined],
  ])("sends the rules, and %s", async (_case, minimumObjectSize, observedSize, sent) => {
    const { bucket, calls } = fakeBucket();
    await setting.write(bucket, whole([TIERS], minimumObjectSize), { rules: [], minimumObjectSize: observedSize });
    expect(calls).toEqual([
      {
        command: "PutBucketLifecycleConfigurationCommand",
        input: {
          ...bucket.ref,
          LifecycleConfiguration: { Rules: [TIERS] },
          TransitionDefaultMinimumObjectSize: sent,
        },
      },
    ]);
  });

  test("deletes what is to be empty, which a Put may not be", async () => {
    const { bucket, calls } = fakeBucket();
    await setting.write(bucket, whole([]), { rules: [EXPIRE] });
    expect(calls).toEqual([{ command: "DeleteBucketLifecycleCommand", input: bucket.ref }]);
  });
});

describe("with unmanagedRules: Keep", () => {
  const spec: S3BucketSpec = {
    lifecycle: { unmanagedRules: "Keep", rules: [{ id: "expire", status: "Enabled", expiration: { days: 1 } }] },
  };
  const theirs = { ...TIERS, ID: "theirs" };
  const old = { ...EXPIRE, ID: "old" };
  const desired = setting.desired(spec, settingContextWith({ appliedIds: { lifecycle: ["expire", "old"] } }));

  test("rules of others are no difference, but those that we applied and no longer toSpec are", () => {
    const changed = setting.diff(desired, { rules: [theirs, EXPIRE, old] });
    expect(changed.map(({ path }) => path)).toEqual(["rules[old]"]);
  });

  test("rules of others are sent back as they are", async () => {
    const { bucket, calls } = fakeBucket();
    await setting.write(bucket, desired, { rules: [theirs, old] });
    expect(calls[0]?.input).toMatchObject({ LifecycleConfiguration: { Rules: [EXPIRE, theirs] } });
  });

  test("but for those by which a bucket is emptied", async () => {
    const observed = { rules: [{ ...EXPIRE, ID: "s3-operator-expire-all" }, TIERS] };
    const desired = setting.desired(spec, settingContextWith());
    expect(setting.diff(desired, observed).map(({ path }) => path)).toContain("rules[s3-operator-expire-all]");
    const { bucket, calls } = fakeBucket();
    await setting.write(bucket, desired, observed);
    expect(JSON.stringify(calls)).toContain("tiers");
    expect(JSON.stringify(calls)).not.toContain("s3-operator-expire-all");
  });

  test("a prefix in the old form is kept in the new form", async () => {
    const { bucket, calls } = fakeBucket();
    await setting.write(bucket, desired, { rules: [{ ID: "theirs", Status: "Enabled", Prefix: "raw/" }] });
    const kept = { ID: "theirs", Status: "Enabled", Filter: { Prefix: "raw/" } };
    expect(calls[0]?.input).toMatchObject({ LifecycleConfiguration: { Rules: [EXPIRE, kept] } });
    expect(JSON.stringify(calls[0]?.input)).not.toContain('"Status":"Enabled","Prefix"');
  });
});

test("status tells which rules are ours, those yet to be removed among them", () => {
  const owned = { ids: ["tiers", "expire"], former: ["gone", "old"], unmanaged: "Keep" };
  const observed = { rules: [{ ID: "theirs" }, { ID: "old" }, TIERS] };
  expect(setting.report?.({ rules: [], owned }, observed)).toEqual({
    lifecycle: { appliedIds: ["expire", "old", "tiers"], unmanagedIds: ["theirs"] },
  });
});

describe("reset", () => {
  const context = settingContextWith({ appliedIds: { lifecycle: ["expire"] } });

  test("takes our rules away, and leaves the size, which then means nothing", async () => {
    const reset = setting.reset({ rules: [EXPIRE], minimumObjectSize: "varies_by_storage_class" }, context);
    expect(setting.diff(reset, { rules: [], minimumObjectSize: "varies_by_storage_class" })).toEqual([]);
    expect(setting.diff(reset, { rules: [EXPIRE] })).toHaveLength(1);
    const { bucket, calls } = fakeBucket();
    await setting.write(bucket, reset, { rules: [EXPIRE] });
    expect(calls).toEqual([{ command: "DeleteBucketLifecycleCommand", input: bucket.ref }]);
  });

  test("leaves what others have put there", async () => {
    const observed = { rules: [TIERS, EXPIRE] };
    const { bucket, calls } = fakeBucket();
    await setting.write(bucket, setting.reset(observed, context), observed);
    expect(calls[0]?.input).toMatchObject({ LifecycleConfiguration: { Rules: [TIERS] } });
  });

  test.each([undefined, "all_storage_classes_128K"])("has nothing to do for a minimum size of %s", (size) => {
    const applied = settingContextWith({ appliedIds: { lifecycle: ["transitionDefaultMinimumObjectSize"] } });
    expect(setting.reset({ rules: [TIERS], minimumObjectSize: size }, applied)).toBeUndefined();
  });

  test("takes our minimum size from the rules of others, and leaves theirs", async () => {
    const size = { minimumObjectSize: "varies_by_storage_class" };
    const ours = settingContextWith({ appliedIds: { lifecycle: ["expire", "transitionDefaultMinimumObjectSize"] } });
    for (const [found, applied, sent] of [
      [{ rules: [TIERS, EXPIRE], ...size }, ours, "all_storage_classes_128K"],
      [{ rules: [TIERS], ...size }, ours, "all_storage_classes_128K"],
      [{ rules: [TIERS, EXPIRE], ...size }, context, "varies_by_storage_class"],
    ] as const) {
      const reset = setting.reset(found, applied);
      expect(setting.diff(reset, found)).not.toEqual([]);
      const { bucket, calls } = fakeBucket();
      await setting.write(bucket, reset, found);
      expect(calls[0]?.input).toMatchObject({ LifecycleConfiguration: { Rules: [TIERS] } });
      expect(calls[0]?.input.TransitionDefaultMinimumObjectSize).toBe(sent);
      expect(setting.reset({ rules: [TIERS], minimumObjectSize: sent }, applied)).toBeUndefined();
    }
  });

  test("is done when none of the operator's is there", () => {
    expect(setting.reset({ rules: [TIERS] }, context)).toBeUndefined();
    expect(setting.reset({ rules: [TIERS] }, settingContextWith())).toBeUndefined();
  });
});

test("a '=' in a tag does not make another tag of it", () => {
  const rule = (Key: string, Value: string) => ({ ...EXPIRE, Filter: { Tag: { Key, Value } } });
  expect(changes(rule("a=b", "c"), rule("a", "b=c"))).not.toEqual([]);
});

test("an expiration that says nothing is none", () => {
  const { Expiration: _, ...rule } = EXPIRE;
  expect(changes(rule, { ...rule, Expiration: { ExpiredObjectDeleteMarker: false } })).toEqual([]);
});

describe("toSpec", () => {
  const toSpec = (rules: object[], more: object = {}) => setting.toSpec({ rules, ...more }, settingContextWith());

  test("the rules in the spec's words, those of others left alone", () => {
    const { spec, omitted } = toSpec([TIERS], { minimumObjectSize: "all_storage_classes_128K" });
    expect(Object.keys(spec?.lifecycle ?? {})).toEqual(["unmanagedRules", "rules"]);
    expect(spec?.lifecycle?.unmanagedRules).toBe("Keep");
    const again = setting.desired(spec ?? {}, settingContextWith());
    expect(setting.diff(again, { rules: [TIERS] })).toEqual([]);
    expect(omitted).toEqual([]);
  });

  test("exports a minimum size that is not today's default", () => {
    const { spec } = toSpec([TIERS], { minimumObjectSize: "varies_by_storage_class" });
    expect(spec?.lifecycle?.transitionDefaultMinimumObjectSize).toBe("varies_by_storage_class");
  });

  test("omits a rule with fields that a spec cannot express, and exports the others", () => {
    const newer = { ...TIERS, ID: "newer", Expiration: { Days: 365, Jitter: { Hours: 3 } } };
    const { spec, omitted } = toSpec([newer, TIERS]);
    expect(spec?.lifecycle?.rules.map(({ id }) => id)).toEqual(["tiers"]);
    expect(omitted).toEqual(["rule 'newer' has Expiration.Jitter, which a spec cannot express"]);
    expect(toSpec([newer]).spec).toBeUndefined();
  });

  test("omits a rule that would lose something", () => {
    const incomplete = { ...TIERS, ID: "incomplete", NoncurrentVersionExpiration: { NewerNoncurrentVersions: 3 } };
    expect(toSpec([incomplete]).omitted).toEqual(["rule 'incomplete' has a form that a spec cannot express"]);
  });
});
