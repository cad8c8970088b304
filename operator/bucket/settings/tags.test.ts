import { describe, expect, test } from "vitest";
import { ORIGIN_TAG, ownershipTags, RELEASED_BY_TAG } from "../../api/ownership.ts";
import { fakeBucket } from "../testing/fake-bucket.ts";
import { OWNER, settingContextWith } from "../testing/fixtures.ts";
import { tagStore, userTags } from "../testing/tag-store.ts";
import { tags as setting, tagsOf } from "./tags.ts";

const OWNERSHIP = ownershipTags(OWNER, "Created");

function contextWith(appliedTagKeys: string[] = []) {
  return settingContextWith({ ownershipTags: OWNERSHIP, accountTags: { env: "dev", cost: "1" }, appliedTagKeys });
}

describe("desired", () => {
  test("the account's tags, the spec's over them, ownership over both", () => {
    const spec = { tags: { env: "prod", "s3-operator.io/name": "stolen" } };
    expect(tagsOf(spec, contextWith())).toEqual({ env: "prod", cost: "1", ...OWNERSHIP });
  });

  test("removes applied tags that left the spec, and the mark of a release", () => {
    const { remove } = setting.desired({ tags: { new: "" } }, contextWith(["old", "env", "new"])) as {
      remove: string[];
    };
    expect(remove).toEqual(["old", RELEASED_BY_TAG]);
  });

  test("is always declared, because of the ownership tags", () => {
    expect(setting.desired({}, contextWith())).toMatchObject({ set: OWNERSHIP });
    expect(setting.reset({ env: "prod" }, settingContextWith())).toBeUndefined();
  });
});

test("observe: by S3 Control, which also works with ABAC on", async () => {
  const Tags = [{ Key: "env", Value: "prod" }, { Key: "aws:cloudformation:stack-name", Value: "x" }, { Key: "empty" }];
  const { bucket, calls } = fakeBucket(() => ({ Tags }));
  expect(await setting.observe(bucket)).toEqual({ env: "prod", "aws:cloudformation:stack-name": "x", empty: "" });
  const input = { AccountId: bucket.accountId, ResourceArn: bucket.arn };
  expect(calls).toEqual([{ command: "ListTagsForResourceCommand", input }]);
});

test("observe: no tags", async () => {
  expect(await setting.observe(fakeBucket().bucket)).toEqual({});
});

describe("diff", () => {
  const desired = { set: { env: "prod", empty: "" }, remove: ["old"] };

  test("ignores tags of other writers", () => {
    expect(setting.diff(desired, { empty: "", env: "prod", theirs: "1", "aws:createdBy": "x" })).toEqual([]);
  });

  test.each([
    ["another value", { env: "PROD", empty: "" }, [{ path: "env", desired: "prod", actual: "PROD" }]],
    ["a key in another letter case", { ENV: "prod", empty: "" }, [{ path: "env", desired: "prod", actual: "" }]],
    ["a tag that is gone", { empty: "" }, [{ path: "env", desired: "prod", actual: "" }]],
    ["an empty tag that is gone", { env: "prod" }, [{ path: "empty", desired: "", actual: "" }]],
    ["one to remove", { env: "prod", empty: "", old: "1" }, [{ path: "old", desired: "", actual: "1" }]],
  ])("%s", (_case, observed, changes) => {
    expect(setting.diff(desired, observed)).toEqual(changes);
  });
});

describe("write", () => {
  async function written(desired: unknown, observed: unknown) {
    const { bucket, calls } = fakeBucket();
    await setting.write(bucket, desired, observed);
    for (const { input } of calls)
      expect(input).toMatchObject({ AccountId: bucket.accountId, ResourceArn: bucket.arn });
    return calls.map(({ command, input }) => [command, input.Tags ?? input.TagKeys]);
  }

  test("adds what differs and removes what is surplus, and nothing else", async () => {
    const desired = { set: { env: "prod", kept: "1", new: "" }, remove: ["old", "gone"] };
    const added = [
      { Key: "env", Value: "prod" },
      { Key: "new", Value: "" },
    ];
    const calls = await written(desired, { env: "dev", kept: "1", old: "1", theirs: "1" });
    expect(calls).toHaveLength(2);
    expect(calls).toContainEqual(["TagResourceCommand", added]);
    expect(calls).toContainEqual(["UntagResourceCommand", ["old"]]);
  });

  test("writes the claim before it removes the mark of the release", async () => {
    const desired = setting.desired({}, contextWith());
    const commands = (await written(desired, { [RELEASED_BY_TAG]: "prod/team/docs" })).map(([command]) => command);
    expect(commands).toEqual(["TagResourceCommand", "UntagResourceCommand"]);
  });

  test("sends no call for nothing to add or to remove", async () => {
    expect(await written({ set: { env: "prod" }, remove: ["old"] }, { env: "prod" })).toEqual([]);
    expect(await written({ set: { env: "prod" }, remove: ["old"] }, {})).toHaveLength(1);
    expect(await written({ set: {}, remove: ["old"] }, { old: "" })).toEqual([["UntagResourceCommand", ["old"]]]);
  });
});

describe("no room", () => {
  const desired = setting.desired({ tags: { "key-0": "x", new: "x" } }, contextWith(["old"]));

  test("is reported before anything is written, with what to do", async () => {
    const { bucket, calls } = fakeBucket();
    const write = setting.write(bucket, desired, { ...userTags(47), old: "" });
    await expect(write).rejects.toMatchObject({
      reason: "TooManyTags",
      terminal: true,
      message:
        "S3 allows 50 tags on a bucket. Bucket 'docs' has 47, and the operator needs room for 7 more: 4 ownership tags, " +
        "and 3 of spec.tags and the AWSAccount. Remove 4 of the bucket's tags at AWS",
    });
    expect(calls).toEqual([]);
  });

  test("does not count tags to be removed, and a released bucket is claimed all the same", async () => {
    const observed = { ...userTags(43), old: "", [ORIGIN_TAG]: "Created", [RELEASED_BY_TAG]: "prod/team/docs" };
    const { current, answers } = tagStore(observed);
    const { bucket } = fakeBucket((call) => answers[call.command]?.(call));
    await setting.write(bucket, desired, observed);
    expect(setting.diff(desired, await setting.observe(bucket))).toEqual([]);
    expect(current.size).toBe(50);
  });
});

describe("report", () => {
  test("what was applied, and what is still to be removed, without the operator's own", () => {
    const desired = { set: { env: "prod", cost: "1", ...OWNERSHIP }, remove: ["old", "gone", RELEASED_BY_TAG] };
    const observed = { env: "prod", old: "1", theirs: "1", [RELEASED_BY_TAG]: "x" };
    expect(setting.report?.(desired, observed)).toEqual({ tagKeys: ["cost", "env", "old"] });
  });
});

describe("tags named like inherited properties", () => {
  test("are set", () => {
    const desired = setting.desired({ tags: { constructor: "x" } }, settingContextWith());
    expect(setting.diff(desired, {})).toContainEqual({ path: "constructor", desired: "x", actual: "" });
  });

  test("are removed", () => {
    const desired = setting.desired({}, settingContextWith({ appliedTagKeys: ["constructor"] }));
    expect(setting.diff(desired, { constructor: "x" })).toContainEqual({
      path: "constructor",
      desired: "",
      actual: "x",
    });
  });
});

describe("as many tags as there may be, all replaced", () => {
  const many = (name: string) => Object.fromEntries(Array.from({ length: 45 }, (_, index) => [`${name}${index}`, "x"]));
  const [set, observed] = [many("new"), many("old")];
  const desired = { set, remove: Object.keys(observed) };

  test("never exceed S3's 50 in between", async () => {
    const has = new Set(Object.keys(observed));
    let most = 0;
    const { bucket } = fakeBucket(({ input }) => {
      for (const { Key } of (input["Tags"] ?? []) as { Key: string }[]) has.add(Key);
      for (const key of (input["TagKeys"] ?? []) as string[]) has.delete(key);
      most = Math.max(most, has.size);
    });
    await setting.write(bucket, desired, observed);
    expect([...has]).toEqual(Object.keys(set));
    expect(most).toBeLessThanOrEqual(50);
  });

  test("fit into status before they are", () => {
    expect(setting.report?.(desired, observed).tagKeys?.length).toBeLessThanOrEqual(100);
  });
});

describe("toSpec", () => {
  const toSpec = (observed: Record<string, string>) => setting.toSpec(observed, settingContextWith());

  test("the user's tags, without AWS's own and without those of ownership", () => {
    const { spec, omitted } = toSpec({
      env: "prod",
      "aws:cloudformation:stack-name": "docs",
      [RELEASED_BY_TAG]: "a/b/c",
    });
    expect(spec).toEqual({ tags: { env: "prod" } });
    expect(omitted).toEqual(["'aws:cloudformation:stack-name' is AWS's own"]);
    expect(toSpec({}).spec).toBeUndefined();
  });

  test("notes that an S3Bucket owns the bucket", () => {
    expect(toSpec(OWNERSHIP)).toEqual({ omitted: [expect.stringContaining("name an S3Bucket as the bucket's owner")] });
  });

  test("notes that there is no room for ownership tags, with what to do", () => {
    expect(toSpec(userTags(35)).omitted).toEqual([]);
    expect(toSpec(userTags(46)).omitted).not.toContainEqual(expect.stringContaining("no room"));
    const note = "48 tags leave no room for the ownership tags of s3-operator: remove 2 at AWS before the adoption";
    expect(toSpec(userTags(48)).omitted).toContainEqual(expect.stringContaining(note));
  });

  test("exports no more than the limit of a spec", () => {
    const many = Object.fromEntries(Array.from({ length: 37 }, (_, index) => [`key${index}`, ""]));
    const { spec, omitted } = toSpec(many);
    expect(Object.keys(spec?.tags ?? {})).toHaveLength(35);
    expect(omitted).toEqual(["'key35' exceeds the 35 of a spec", "'key36' exceeds the 35 of a spec"]);
  });
});
