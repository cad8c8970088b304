import { describe, expect, test } from "vitest";
import { ownershipTags, releaseTag, type Tags } from "../api/ownership.ts";
import type { S3BucketSpec, S3BucketStatus } from "../api/types.ts";
import { bucketExists, claimBucket, createTarget, tagCreated } from "./claim.ts";
import type { Observation } from "./observe.ts";
import { failing, fakeBucket, sdkError } from "./testing/fake-bucket.ts";
import { awsAccount, OWNER, s3Bucket, settingContextWith, target } from "./testing/fixtures.ts";
import { userTags } from "./testing/tag-store.ts";
import { thrownFailure, thrownOutcome } from "./testing/thrown.ts";

const OTHER_OWNER = ownershipTags({ ...OWNER, name: "x" }, "Created");

describe("bucketExists", () => {
  const exists = (answer?: () => unknown) => bucketExists(target({ bucket: fakeBucket(answer).bucket }));

  test("returns whether the bucket exists", async () => {
    expect(await exists()).toBe(true);
    expect(await exists(failing("NotFound", 404))).toBe(false);
  });

  test("stalls when HeadBucket is denied, and names the action that may be missing", async () => {
    const outcome = await thrownOutcome(() => exists(failing("Unknown", 403)));
    expect(outcome).toMatchObject({ terminal: true, reason: "BucketOwnedByAnotherAccount" });
    expect(outcome).toHaveProperty("message", expect.stringContaining("s3:ListBucket"));
  });

  test.each([
    ["region us-west-2", () => ({ BucketRegion: "us-west-2" })],
    ["another region", failing("PermanentRedirect", 301)],
  ])("stalls when the bucket is in %s", async (where, answer) => {
    const outcome = await thrownOutcome(() => exists(answer));
    expect(outcome).toMatchObject({ terminal: true, reason: "RegionMismatch" });
    expect(outcome).toHaveProperty("message", expect.stringContaining(`exists in ${where}, not in eu-central-1`));
  });

  test("stalls when a bucket of an account regional namespace is absent, and says that one can be adopted", async () => {
    const { bucket } = fakeBucket(failing("NotFound", 404));
    const regional = { ...bucket, name: "docs-111122223333-eu-central-1-an" };
    const outcome = await thrownOutcome(() => bucketExists(target({ bucket: regional })));
    expect(outcome).toMatchObject({ terminal: true, reason: "InvalidBucketName" });
    expect(outcome).toHaveProperty("message", expect.stringContaining("set adoptionPolicy to Adopt"));
  });

  test("rethrows an error that does not say whether the bucket exists", async () => {
    await expect(exists(failing("SlowDown", 503))).rejects.toThrow("SlowDown");
  });
});

describe("createTarget", () => {
  const context = settingContextWith({ ownershipTags: ownershipTags(OWNER, "Created"), accountTags: { env: "prod" } });
  const create = (answer?: () => unknown, spec: S3BucketSpec = {}) => {
    const { bucket, calls } = fakeBucket(answer);
    return { calls, result: () => createTarget(target({ bucket }), s3Bucket(spec), context) };
  };

  test("creates the bucket with all its tags in one call", async () => {
    const { calls, result } = create(undefined, {
      tags: { team: "a" },
      objectOwnership: "ObjectWriter",
      objectLock: { mode: "None" },
    });
    expect(await result()).toBe(true);
    const expected = { env: "prod", team: "a", ...ownershipTags(OWNER, "Created") };
    expect(calls).toHaveLength(1);
    expect(calls[0]?.input).toMatchObject({
      ObjectOwnership: "ObjectWriter",
      ObjectLockEnabledForBucket: true,
      CreateBucketConfiguration: { Tags: Object.entries(expected).map(([Key, Value]) => ({ Key, Value })) },
    });
  });

  test("returns false when the account already has the bucket, perhaps from a request without an answer", async () => {
    expect(await create(failing("BucketAlreadyOwnedByYou", 409)).result()).toBe(false);
  });

  test("stalls when another account has a bucket of that name", async () => {
    const outcome = await thrownOutcome(create(failing("BucketAlreadyExists", 409)).result);
    expect(outcome).toMatchObject({ terminal: true, reason: "BucketOwnedByAnotherAccount" });
  });

  test("names both actions after a denial, since either may be missing", async () => {
    const failure = await thrownFailure(create(failing("AccessDenied", 403)).result);
    expect(failure).toMatchObject({ reason: "AccessDenied" });
    expect(failure.message).toContain("s3:CreateBucket");
    expect(failure.message).toContain("s3:TagResource");
  });

  test("does not stall while a bucket of that name is being deleted", async () => {
    const failure = await thrownFailure(create(failing("OperationAborted", 409)).result);
    expect(failure).toMatchObject({ reason: "Conflict" });
    expect(failure.terminal).toBeUndefined();
  });

  test("rethrows an error that is not from AWS", async () => {
    const bug = () => {
      throw new TypeError("bug");
    };
    await expect(create(bug).result()).rejects.toThrow(TypeError);
  });
});

describe("tagCreated", () => {
  const context = settingContextWith({ ownershipTags: ownershipTags(OWNER, "Created") });
  const spec = { tags: { team: "a" } };
  const tags = { ...spec.tags, ...ownershipTags(OWNER, "Created") };

  /** A bucket that was just created, in a region where CreateBucket takes no tags. */
  async function created(answers: Record<string, () => unknown> = {}, refuses = "UnsupportedArgument") {
    const { bucket, calls } = fakeBucket(({ command, input }) => {
      if (command === "CreateBucketCommand" && /Tags/.test(JSON.stringify(input))) throw sdkError(refuses, 400);
      return answers[command]?.() ?? {};
    });
    await createTarget(target({ bucket }), s3Bucket(spec), context);
    calls.length = 0;
    return { calls, run: () => tagCreated(target({ bucket }), s3Bucket(spec), context) };
  }

  test("writes the tags that CreateBucket does not take", async () => {
    const { calls, run } = await created();
    await run();
    expect(calls.map(({ command, input }) => [command, input["Tags"]])).toEqual([
      ["ListTagsForResourceCommand", undefined],
      ["TagResourceCommand", Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))],
    ]);
  });

  test("uses PutBucketTagging where S3 does not support ListTagsForResource", async () => {
    const { calls, run } = await created({ ListTagsForResourceCommand: failing("MethodNotAllowed", 405) });
    await run();
    expect(calls.at(-1)).toMatchObject({ command: "PutBucketTaggingCommand" });
  });

  test("does not write tags when the bucket already has another owner", async () => {
    const Tags = Object.entries(OTHER_OWNER).map(([Key, Value]) => ({ Key, Value }));
    const { calls, run } = await created({ ListTagsForResourceCommand: () => ({ Tags }) });
    await run();
    expect(calls.map(({ command }) => command)).toEqual(["ListTagsForResourceCommand"]);
  });

  test("names the action that was denied", async () => {
    const { run } = await created({
      ListTagsForResourceCommand: failing("MethodNotAllowed", 405),
      PutBucketTaggingCommand: failing("AccessDenied", 403),
    });
    expect(await thrownFailure(run)).toMatchObject({
      reason: "AccessDenied",
      message: expect.stringContaining("s3:PutBucketTagging") as unknown,
    });
  });

  test("does nothing where CreateBucket takes tags", async () => {
    const { bucket, calls } = fakeBucket();
    await tagCreated(target({ bucket }), s3Bucket(spec), context);
    expect(calls).toEqual([]);
  });
});

describe("claimBucket", () => {
  interface Case {
    spec?: S3BucketSpec;
    status?: S3BucketStatus;
    allowAdoption?: boolean;
    created?: boolean;
  }

  function claim(
    observation: Observation | undefined,
    { spec = {}, status, allowAdoption, created = false }: Case = {},
    draft: S3BucketStatus = {},
  ) {
    const account = awsAccount({ ...(allowAdoption !== undefined && { allowAdoption }) });
    const observations = new Map(observation === undefined ? [] : [["tags", observation] as const]);
    return claimBucket(
      target({ account }),
      { object: s3Bucket(spec, { status }), status: draft },
      observations,
      created,
    );
  }

  const tagged = (value: Tags) => ({ value });
  const adopt = { spec: { adoptionPolicy: "Adopt" }, allowAdoption: true } as const;

  test.each<[string, Tags, Case, ReturnType<typeof claimBucket>]>([
    ["that was just created and has no tags yet", {}, { created: true }, { origin: "Created", isNew: true }],
    [
      "that was just created with its tags",
      ownershipTags(OWNER, "Created"),
      { created: true },
      { origin: "Created", isNew: false },
    ],
    ["of this object", ownershipTags(OWNER, "Created"), {}, { origin: "Created", isNew: false }],
    ["that this object has adopted", ownershipTags(OWNER, "Adopted"), {}, { origin: "Adopted", isNew: false }],
    [
      "of this object when the account does not allow adoption",
      ownershipTags(OWNER, "Created"),
      { allowAdoption: false },
      { origin: "Created", isNew: false },
    ],
    [
      "of this object with the origin in status when the origin tag is invalid",
      { ...ownershipTags(OWNER, "Created"), "s3-operator.io/origin": "?" },
      { status: { origin: "Created" } },
      { origin: "Created", isNew: false },
    ],
    [
      "of this object as Adopted when its origin is unknown, so that the baseline does not apply",
      { ...ownershipTags(OWNER, "Created"), "s3-operator.io/origin": "" },
      {},
      { origin: "Adopted", isNew: false },
    ],
    [
      "that this object has released",
      { ...releaseTag(OWNER), "s3-operator.io/origin": "Created" },
      {},
      { origin: "Created", isNew: false },
    ],
    ["without an owner when adoption is allowed", {}, adopt, { origin: "Adopted", isNew: true }],
    [
      "that another object has released when adoption is allowed",
      releaseTag({ ...OWNER, name: "x" }),
      adopt,
      { origin: "Adopted", isNew: true },
    ],
    [
      "that another object has created and released, as Adopted",
      { ...releaseTag({ ...OWNER, name: "x" }), "s3-operator.io/origin": "Created" },
      adopt,
      { origin: "Adopted", isNew: true },
    ],
  ])("claims a bucket %s", (_case, tags, options, expected) => {
    expect(claim(tagged(tags), options)).toEqual(expected);
  });

  test.each<[string, Tags, Case]>([
    ["without an owner when the spec has no adoptionPolicy", {}, { allowAdoption: true }],
    ["without an owner when adoptionPolicy is Never", {}, { spec: { adoptionPolicy: "Never" }, allowAdoption: true }],
    ["without an owner when the account has no allowAdoption", {}, { spec: { adoptionPolicy: "Adopt" } }],
    [
      "without an owner when the account does not allow adoption",
      {},
      { spec: { adoptionPolicy: "Adopt" }, allowAdoption: false },
    ],
    ["of another owner", OTHER_OWNER, {}],
    ["of another owner that created it at the same time", OTHER_OWNER, { created: true }],
    ["of another owner when adoption is allowed", OTHER_OWNER, adopt],
    ["of another owner although this object released it before", { ...releaseTag(OWNER), ...OTHER_OWNER }, adopt],
    [
      "of another owner although status says that it belongs to this object",
      OTHER_OWNER,
      { status: { arn: "arn:aws:s3:::docs", origin: "Created" } },
    ],
  ])("refuses a bucket %s", async (_case, tags, options) => {
    expect(await thrownOutcome(() => claim(tagged(tags), options))).toMatchObject({
      terminal: true,
      reason: "BucketNotOwned",
    });
  });

  test("refuses to adopt a bucket without room for the ownership tags, and says how many to remove", async () => {
    const draft = { arn: "arn:aws:s3:::docs" };
    const stop = await thrownOutcome(() => claim(tagged(userTags(48)), adopt, draft));
    expect(stop).toMatchObject({ reason: "TooManyTags" });
    expect(stop).toHaveProperty("message", expect.stringContaining("has 48, and the operator needs room for 4 more"));
    expect(stop).toHaveProperty("message", expect.stringContaining("Remove 2 of the bucket's tags"));
    expect(draft).toEqual({});
    expect(claim(tagged(userTags(46)), adopt)).toEqual({ origin: "Adopted", isNew: true });
    const spec = { ...adopt.spec, tags: { team: "a" } };
    expect(await thrownOutcome(() => claim(tagged(userTags(46)), { ...adopt, spec }))).toMatchObject({
      reason: "TooManyTags",
    });
  });

  test("removes the ARN from status when the bucket has another owner", async () => {
    const draft = { arn: "arn:aws:s3:::docs", origin: "Created" as const };
    await thrownOutcome(() => claim(tagged(OTHER_OWNER), {}, draft));
    expect(draft).toEqual({ origin: "Created" });
  });

  test("explains that a crash may have left an untagged bucket, and refuses it whatever status says", async () => {
    const begun: S3BucketStatus = { bucketName: "docs", appliedSettings: ["tags"] };
    const stop = await thrownOutcome(() => claim(tagged({}), { ...adopt, allowAdoption: false, status: begun }));
    expect(stop).toMatchObject({ reason: "BucketNotOwned" });
    expect(stop).toHaveProperty(
      "message",
      expect.stringContaining("delete it at AWS, and the operator creates it again"),
    );
    for (const status of [{ bucketName: "docs" }, { ...begun, origin: "Created" as const }]) {
      const other = await thrownOutcome(() => claim(tagged({}), { status }));
      expect(other).toHaveProperty("message", expect.not.stringContaining("creates it again"));
    }
  });

  test("does not disclose the owner of the bucket", async () => {
    const others = ownershipTags({ cluster: "c0", namespace: "secret-space", name: "secret-name" }, "Created");
    expect(JSON.stringify(await thrownOutcome(() => claim(tagged(others))))).not.toContain("secret");
  });

  test("fails when the tags cannot be read, and keeps the ARN in status", async () => {
    const draft = { arn: "arn:aws:s3:::docs" };
    const failure = await thrownFailure(() => claim({ error: sdkError("AccessDenied", 403) }, adopt, draft));
    expect(draft).toEqual({ arn: "arn:aws:s3:::docs" });
    expect(failure.reason).toBe("AccessDenied");
    expect(failure.message).toContain("s3:ListTagsForResource");
  });

  test("throws when there is no observation of the tags", () => {
    expect(() => claim(undefined, adopt)).toThrow("The tags were not read");
  });
});
