import { describe, expect, test } from "vitest";
import { CLAIM_TAGS, EXPIRING_TAG, ORIGIN_TAG, ownershipTags, releaseTag, type Tags } from "../../api/ownership.ts";
import { tagList } from "../tag-list.ts";
import { failing, fakeBucket, sdkError, type Call } from "../testing/fake-bucket.ts";
import { OWNER } from "../testing/fixtures.ts";
import { userTags } from "../testing/tag-store.ts";
import { changeTags, readTags, usesClassicTagging } from "./tagging.ts";

const OURS = ownershipTags(OWNER, "Created");
const NO_CALL = failing("MethodNotAllowed", 405);
const AN_OBJECT = failing("NoSuchBucket", 404, { BucketName: "v20180820" });

/** A bucket with tags that only the classic calls return. */
function classicBucket(tags: Tags = {}, answers: Record<string, (call: Call) => unknown> = {}) {
  let current = tags;
  const routes: typeof answers = {
    ListTagsForResourceCommand: NO_CALL,
    GetBucketTaggingCommand: () => {
      if (Object.keys(current).length === 0) throw sdkError("NoSuchTagSet", 404);
      return { TagSet: tagList(current) };
    },
    PutBucketTaggingCommand: ({ input }) => {
      const { TagSet } = input["Tagging"] as { TagSet: { Key: string; Value: string }[] };
      if (TagSet.filter(({ Key }) => !Key.startsWith("aws:")).length > 50) throw sdkError("BadRequest", 400);
      current = Object.fromEntries(TagSet.map(({ Key, Value }) => [Key, Value]));
    },
    ...answers,
  };
  const fake = fakeBucket((call) => routes[call.command]?.(call) ?? {});
  const commands = () => fake.calls.splice(0).map(({ command }) => command);
  return { ...fake, commands, current: () => current };
}

describe("tags are read by S3 Control", () => {
  test("with one call", async () => {
    const Tags = [{ Key: "env", Value: "prod" }, { Key: "empty" }];
    const { bucket, calls } = fakeBucket(() => ({ Tags }));
    expect(await readTags(bucket)).toEqual({ env: "prod", empty: "" });
    const input = { AccountId: bucket.accountId, ResourceArn: bucket.arn };
    expect(calls).toEqual([{ command: "ListTagsForResourceCommand", input }]);
    expect(usesClassicTagging(bucket)).toBe(false);
  });

  test.each([
    ["AccessDenied", 403, {}],
    ["SlowDown", 503, {}],
    ["NoSuchBucket", 404, {}],
    ["NoSuchBucket", 404, { BucketName: "docs" }],
    ["NoSuchResource", 404, {}],
  ])("and by nothing else after %s %i %j", async (name, status, extra) => {
    const { bucket, calls } = fakeBucket(failing(name, status, extra));
    await expect(readTags(bucket)).rejects.toThrow(name);
    expect(calls).toHaveLength(1);
    expect(usesClassicTagging(bucket)).toBe(false);
  });
});

describe("where S3 Control has no tags", () => {
  test.each([
    ["the call is refused", NO_CALL, []],
    ["the call is not implemented", failing("NotImplemented", 501), []],
    ["the call is taken for an object's", AN_OBJECT, []],
    [
      "the call is taken for an object's, whose bucket is there",
      failing("NoSuchKey", 404, { BucketName: "v20180820" }),
      ["HeadBucketCommand"],
    ],
  ])("the classic calls stand in, once it is known: %s", async (_case, ListTagsForResourceCommand, further) => {
    const { bucket, commands } = classicBucket({ env: "prod" }, { ListTagsForResourceCommand });
    expect(await readTags(bucket)).toEqual({ env: "prod" });
    expect(commands()).toEqual(["ListTagsForResourceCommand", ...further, "GetBucketTaggingCommand"]);
    expect(await readTags({ ...bucket, name: "other" })).toEqual({ env: "prod" });
    expect(commands()).toEqual(["GetBucketTaggingCommand"]);
    expect(usesClassicTagging(fakeBucket().bucket), "of another account or region").toBe(false);
  });

  test("a missing bucket is an error", async () => {
    const gone = failing("NoSuchBucket", 404);
    const { bucket } = classicBucket({}, { ListTagsForResourceCommand: AN_OBJECT, GetBucketTaggingCommand: gone });
    await expect(readTags(bucket)).rejects.toThrow("NoSuchBucket");
  });

  test("a bucket without tags has none", async () => {
    expect(await readTags(classicBucket().bucket)).toEqual({});
  });

  test("a change is one write of what was read just before, AWS's own tags as they are", async () => {
    const { bucket, commands, current } = classicBucket({ ...OURS, "aws:cloudformation:stack-name": "s", old: "1" });
    const observed = await readTags(bucket);
    commands();
    await changeTags(bucket, { ...observed, stale: "" }, { drop: ["old"], set: { env: "prod" } });
    expect(commands()).toEqual(["GetBucketTaggingCommand", "PutBucketTaggingCommand"]);
    expect(current()).toEqual({ ...OURS, "aws:cloudformation:stack-name": "s", env: "prod" });
  });

  test("a release of a bucket with the maximum of tags is one write too", async () => {
    const { bucket, current } = classicBucket({ ...userTags(46), ...OURS });
    await changeTags(bucket, await readTags(bucket), { set: releaseTag(OWNER), dropAfter: CLAIM_TAGS });
    expect(current()).toEqual({ ...userTags(46), ...releaseTag(OWNER), [ORIGIN_TAG]: "Created" });
  });

  test("the origin tag makes room if needed", async () => {
    const { bucket, current } = classicBucket({ ...userTags(46), ...OURS });
    await changeTags(bucket, await readTags(bucket), { set: { [EXPIRING_TAG]: "now" } });
    expect(current()).toHaveProperty([EXPIRING_TAG]);
    expect(current()).not.toHaveProperty([ORIGIN_TAG]);
  });

  test("after a refused write, the next read tries S3 Control", async () => {
    const { bucket } = classicBucket({}, { PutBucketTaggingCommand: failing("InvalidRequest", 400) });
    await expect(changeTags(bucket, await readTags(bucket), { set: OURS })).rejects.toThrow("InvalidRequest");
    expect(usesClassicTagging(bucket)).toBe(false);
  });
});
