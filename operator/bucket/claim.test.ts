import { describe, expect, test } from "vitest";
import type { S3BucketSpec, S3BucketStatus } from "../api/types.ts";
import { claimBucket, createTarget, bucketExists, tagCreated } from "./claim.ts";
import type { Observation } from "./observe.ts";
import { ownershipTags, releaseTag, type Tags } from "../api/ownership.ts";
import { failing, fakeBucket, sdkError } from "./testing/fake-bucket.ts";
import { awsAccount, OWNER, s3Bucket, settingContextWith, target } from "./testing/fixtures.ts";
import { userTags } from "./testing/tag-store.ts";
import { thrownFailure, thrownOutcome } from "./testing/thrown.ts";

const OTHERS = ownershipTags({ ...OWNER, name: "x" }, "Created");

describe("bucketExists", () => {
  const exists = (answer?: () => unknown) => bucketExists(target({ bucket: fakeBucket(answer).bucket }));

  test("there, or not", async () => {
    expect(await exists()).toBe(true);
    expect(await exists(failing("NotFound", 404))).toBe(false);
  });

  test("out of reach: another account's, or one that we may not look at", async () => {
    const outcome = await thrownOutcome(() => exists(failing("Unknown", 403)));
    expect(outcome).toMatchObject({ terminal: true, reason: "BucketOwnedByAnotherAccount" });
    expect(outcome).toHaveProperty("message", expect.stringContaining("s3:ListBucket"));
  });

  test.each([
    ["region us-west-2", () => ({ BucketRegion: "us-west-2" })],
    ["another region", failing("PermanentRedirect", 301)],
  ])("in %s", async (where, answer) => {
    const outcome = await thrownOutcome(() => exists(answer));
    expect(outcome).toMatchObject({ terminal: true, reason: "RegionMismatch" });
    expect(outcome).toHaveProperty("message", expect.stringContaining(`exists in ${where}, not in eu-central-1`));
  });

  test("no answer is no verdict", async () => {
    await expect(exists(failing("SlowDown", 503))).rejects.toThrow("SlowDown");
  });
});

describe("createTarget", () => {
  const context = settingContextWith({ ownershipTags: ownershipTags(OWNER, "Created"), accountTags: { env: "prod" } });
  const create = (answer?: () => unknown, spec: S3BucketSpec = {}) => {
    const { bucket, calls } = fakeBucket(answer);
    return { calls, result: () => createTarget(target({ bucket }), s3Bucket(spec), context) };
  };

  test("makes the bucket with all its tags, so that a crash leaves none without its owner's name", async () => {
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

  test("a bucket that the account has already may be ours from a try whose answer was lost", async () => {
    expect(await create(failing("BucketAlreadyOwnedByYou", 409)).result()).toBe(false);
  });

  test("a name that another account has is for a person to change", async () => {
    const outcome = await thrownOutcome(create(failing("BucketAlreadyExists", 409)).result);
    expect(outcome).toMatchObject({ terminal: true, reason: "BucketOwnedByAnotherAccount" });
  });

  test("a denial names both actions, either of which may be missing", async () => {
    const failure = await thrownFailure(create(failing("AccessDenied", 403)).result);
    expect(failure).toMatchObject({ reason: "AccessDenied" });
    expect(failure.message).toContain("s3:CreateBucket");
    expect(failure.message).toContain("s3:TagResource");
  });

  test("a name in deletion comes free by itself", async () => {
    const failure = await thrownFailure(create(failing("OperationAborted", 409)).result);
    expect(failure).toMatchObject({ reason: "Conflict" });
    expect(failure.terminal).toBeUndefined();
  });

  test("an error that is not AWS's is thrown on", async () => {
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

  /** A region that takes no tags when it makes a bucket, in which one has been made. */
  async function created(answers: Record<string, () => unknown> = {}, refuses = "UnsupportedArgument") {
    const { bucket, calls } = fakeBucket(({ command, input }) => {
      if (command === "CreateBucketCommand" && /Tags/.test(JSON.stringify(input))) throw sdkError(refuses, 400);
      return answers[command]?.() ?? {};
    });
    await createTarget(target({ bucket }), s3Bucket(spec), context);
    calls.length = 0;
    return { calls, run: () => tagCreated(target({ bucket }), s3Bucket(spec), context) };
  }

  test("gives a bucket the tags that its creation could not", async () => {
    const { calls, run } = await created();
    await run();
    expect(calls.map(({ command, input }) => [command, input["Tags"]])).toEqual([
      ["ListTagsForResourceCommand", undefined],
      ["TagResourceCommand", Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))],
    ]);
  });

  test("or by the classic calls", async () => {
    const { calls, run } = await created({ ListTagsForResourceCommand: failing("MethodNotAllowed", 405) });
    await run();
    expect(calls.at(-1)).toMatchObject({ command: "PutBucketTaggingCommand" });
  });

  test("leaves a bucket alone that another one has tagged first", async () => {
    const Tags = Object.entries(OTHERS).map(([Key, Value]) => ({ Key, Value }));
    const { calls, run } = await created({ ListTagsForResourceCommand: () => ({ Tags }) });
    await run();
    expect(calls.map(({ command }) => command)).toEqual(["ListTagsForResourceCommand"]);
  });

  test("says which action is missing", async () => {
    const { run } = await created({
      ListTagsForResourceCommand: failing("MethodNotAllowed", 405),
      PutBucketTaggingCommand: failing("AccessDenied", 403),
    });
    expect(await thrownFailure(run)).toMatchObject({
      reason: "AccessDenied",
      message: expect.stringContaining("s3:PutBucketTagging") as unknown,
    });
  });

  test("has nothing to do where the creation had them", async () => {
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
    ["just created, its tags not there yet", {}, { created: true }, { origin: "Created", isNew: true }],
    [
      "just created with its tags",
      ownershipTags(OWNER, "Created"),
      { created: true },
      { origin: "Created", isNew: false },
    ],
    ["ours", ownershipTags(OWNER, "Created"), {}, { origin: "Created", isNew: false }],
    ["ours, once adopted", ownershipTags(OWNER, "Adopted"), {}, { origin: "Adopted", isNew: false }],
    [
      "ours, which needs no consent",
      ownershipTags(OWNER, "Created"),
      { allowAdoption: false },
      { origin: "Created", isNew: false },
    ],
    [
      "ours, the origin's tag lost",
      { ...ownershipTags(OWNER, "Created"), "s3-operator.io/origin": "?" },
      { status: { origin: "Created" } },
      { origin: "Created", isNew: false },
    ],
    [
      "ours, the origin lost everywhere: the baseline is not forced on it",
      { ...ownershipTags(OWNER, "Created"), "s3-operator.io/origin": "" },
      {},
      { origin: "Adopted", isNew: false },
    ],
    [
      "released by us",
      { ...releaseTag(OWNER), "s3-operator.io/origin": "Created" },
      {},
      { origin: "Created", isNew: false },
    ],
    ["nobody's, adopted", {}, adopt, { origin: "Adopted", isNew: true }],
    ["released by another, adopted", releaseTag({ ...OWNER, name: "x" }), adopt, { origin: "Adopted", isNew: true }],
    [
      "created by another, which makes it no less adopted",
      { ...releaseTag({ ...OWNER, name: "x" }), "s3-operator.io/origin": "Created" },
      adopt,
      { origin: "Adopted", isNew: true },
    ],
  ])("%s", (_case, tags, options, expected) => {
    expect(claim(tagged(tags), options)).toEqual(expected);
  });

  test.each<[string, Tags, Case]>([
    ["nobody's, not to be adopted", {}, { allowAdoption: true }],
    ["nobody's, never to be adopted", {}, { spec: { adoptionPolicy: "Never" }, allowAdoption: true }],
    ["nobody's, the account being silent", {}, { spec: { adoptionPolicy: "Adopt" } }],
    ["nobody's, the account refusing", {}, { spec: { adoptionPolicy: "Adopt" }, allowAdoption: false }],
    ["another's", OTHERS, {}],
    ["another's, who made it in the same moment", OTHERS, { created: true }],
    ["another's, which cannot be adopted away", OTHERS, adopt],
    ["another's, though released by us once", { ...releaseTag(OWNER), ...OTHERS }, adopt],
    [
      "another's, though our status once called it ours",
      OTHERS,
      { status: { arn: "arn:aws:s3:::docs", origin: "Created" } },
    ],
  ])("%s", async (_case, tags, options) => {
    expect(await thrownOutcome(() => claim(tagged(tags), options))).toMatchObject({
      terminal: true,
      reason: "BucketNotOwned",
    });
  });

  test("to be adopted, but without room for its claim: what to do is told before anything is written", async () => {
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

  test("lost to another, it is no longer this object's to give access to", async () => {
    const draft = { arn: "arn:aws:s3:::docs", origin: "Created" as const };
    await thrownOutcome(() => claim(tagged(OTHERS), {}, draft));
    expect(draft).toEqual({ origin: "Created" });
  });

  test("that it may have been left by a crash is told, and status is not believed", async () => {
    const begun: S3BucketStatus = { bucketName: "docs", appliedSettings: ["tags"] };
    const stop = await thrownOutcome(() => claim(tagged({}), { ...adopt, allowAdoption: false, status: begun }));
    expect(stop).toMatchObject({ reason: "BucketNotOwned" });
    expect(stop).toHaveProperty("message", expect.stringContaining("delete it at AWS, and the operator creates it again"));
    for (const status of [{ bucketName: "docs" }, { ...begun, origin: "Created" as const }]) {
      const other = await thrownOutcome(() => claim(tagged({}), { status }));
      expect(other).toHaveProperty("message", expect.not.stringContaining("made again"));
    }
  });

  test("does not say whose it is", async () => {
    const others = ownershipTags({ cluster: "c0", namespace: "secret-space", name: "secret-name" }, "Created");
    expect(JSON.stringify(await thrownOutcome(() => claim(tagged(others))))).not.toContain("secret");
  });

  test("tags that may not be read are no claim", async () => {
    const draft = { arn: "arn:aws:s3:::docs" };
    const failure = await thrownFailure(() => claim({ error: sdkError("AccessDenied", 403) }, adopt, draft));
    expect(draft).toEqual({ arn: "arn:aws:s3:::docs" });
    expect(failure.reason).toBe("AccessDenied");
    expect(failure.message).toContain("s3:ListTagsForResource");
  });

  test("tags that were not read are a bug", () => {
    expect(() => claim(undefined, adopt)).toThrow("The tags were not read");
  });
});
