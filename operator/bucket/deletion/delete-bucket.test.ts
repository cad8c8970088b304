import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FINALIZER } from "../../api/names.ts";
import { EXPIRING_TAG, ownershipTags, releaseTag, type Tags } from "../../api/ownership.ts";
import type { S3BucketSpec, S3BucketStatus } from "../../api/types.ts";
import type { Aws } from "../../aws/session.ts";
import { awsFailure } from "../../reconcile/aws-failure.ts";
import { createHistory } from "../../reconcile/history.ts";
import { failureIn } from "../../reconcile/outcome.ts";
import type { BucketDependencies, BucketUses } from "../dependencies.ts";
import { createLeftOut } from "../policy/left-out.ts";
import { failing, fakeBucket, sdkError, type Call } from "../testing/fake-bucket.ts";
import {
  awsAccount,
  OWNER,
  recordedContext,
  s3Bucket,
  target,
  verifiedBucket,
  verifiedBuckets,
} from "../testing/fixtures.ts";
import { tagStore, userTags } from "../testing/tag-store.ts";
import { thrownFailure, thrownOutcome } from "../testing/thrown.ts";
import { deleteBucket } from "./delete-bucket.ts";

const OURS = ownershipTags(OWNER, "Created");
const OTHERS = ownershipTags({ ...OWNER, name: "x" }, "Created");
const ESTABLISHED: S3BucketStatus = { bucketName: "docs", arn: "arn:aws:s3:::docs" };
const DELETE_IF_EMPTY: S3BucketSpec = { deletionPolicy: "DeleteIfEmpty" };

interface Case {
  spec?: S3BucketSpec;
  status?: S3BucketStatus;
  /** Answers by call; default: empty. */
  aws?: Record<string, (call: Call) => unknown>;
  accounts?: ReturnType<typeof awsAccount>[];
}

function deletion({ spec = {}, status = ESTABLISHED, aws = {}, accounts = [awsAccount({ default: true })] }: Case) {
  const { bucket, calls } = fakeBucket((call) => aws[call.command]?.(call) ?? {});
  const { session } = target();
  const known = { ...session, s3: () => bucket.s3, s3Control: () => bucket.s3Control };
  const object = s3Bucket(spec, { status, finalizers: [FINALIZER], deletionTimestamp: "2026-01-01T00:00:00Z" });
  const dependencies = {
    aws: { session: async () => known } as Partial<Aws>,
    verified: verifiedBuckets(...(status.arn === undefined ? [] : [[object, verifiedBucket()] as const])),
    directory: { accounts: () => accounts, namespace: () => undefined },
    cluster: OWNER.cluster,
    history: createHistory(() => 0, 0),
    leftOut: createLeftOut(
      () => 0,
      () => {},
    ),
    uses: { usersOf: () => [] } as Partial<BucketUses>,
  } as unknown as BucketDependencies;
  const { context, events } = recordedContext(object);
  let released = false;
  const removeFinalizer = async () => void (released = true);
  const run = () => deleteBucket(dependencies, { ...context, removeFinalizer });
  return { run, events, commands: () => calls.map(({ command }) => command), calls, released: () => released };
}

function tagged(tags: Tags): Record<string, () => unknown> {
  return { ListTagsForResourceCommand: () => ({ Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }) };
}

/** The SDK's error for an answer without a code and without a request id. */
function foreign(status: number): () => never {
  return failing(status === 404 ? "NotFound" : "Unknown", status, { $metadata: { httpStatusCode: status } });
}

function thereAtFirst(): () => unknown {
  let looks = 0;
  return () => ((looks += 1) === 1 ? {} : failing("NotFound", 404)());
}

test("does nothing without the finalizer", async () => {
  const { context } = recordedContext(s3Bucket(DELETE_IF_EMPTY, { finalizers: ["others/finalizer"] }));
  expect(await deleteBucket({} as BucketDependencies, context)).toEqual({ kind: "released" });
});

describe("Retain", () => {
  test("keeps the bucket, and marks it as released before it removes the claim", async () => {
    const { run, calls, events, released } = deletion({ aws: tagged(OURS) });
    expect(await run()).toEqual({ kind: "released" });
    expect(calls.slice(1).map(({ command, input }) => [command, input.Tags ?? input.TagKeys])).toEqual([
      ["TagResourceCommand", Object.entries(releaseTag(OWNER)).map(([Key, Value]) => ({ Key, Value }))],
      ["UntagResourceCommand", ["s3-operator.io/cluster", "s3-operator.io/namespace", "s3-operator.io/name"]],
    ]);
    expect(events).toMatchObject([{ reason: "BucketReleased" }]);
    expect(released()).toBe(true);
  });

  test.each([
    ["Created", {}],
    ["Adopted", { origin: "Adopted" as const }],
  ])("has room on a bucket with as many tags as S3 allows, of which the origin %s is kept", async (origin, status) => {
    const claim = ownershipTags(OWNER, origin as "Created" | "Adopted");
    const { current, answers } = tagStore({ ...userTags(46), ...claim });
    const { run, events } = deletion({ aws: answers, status: { ...ESTABLISHED, ...status } });
    expect(await run()).toEqual({ kind: "released" });
    expect(events).toMatchObject([{ reason: "BucketReleased" }]);
    const released = { ...userTags(46), ...releaseTag(OWNER), "s3-operator.io/origin": origin };
    expect(Object.fromEntries(current)).toEqual(released);
  });

  test("restores an origin tag that an earlier attempt or S3 Lifecycle removed to make room", async () => {
    const { "s3-operator.io/origin": _, ...claim } = OURS;
    const { current, answers } = tagStore({ ...userTags(46), ...claim, [EXPIRING_TAG]: "2026-01-01T00:00:00Z" });
    const { run, events } = deletion({ aws: answers, status: { ...ESTABLISHED, origin: "Created" } });
    expect(await run()).toEqual({ kind: "released" });
    expect(events.map(({ reason }) => reason)).toEqual(["EmptyingStopped", "BucketReleased"]);
    const released = { ...userTags(46), ...releaseTag(OWNER), "s3-operator.io/origin": "Created" };
    expect(Object.fromEntries(current)).toEqual(released);
  });

  test.each([
    ["another's", OTHERS],
    ["without owner", {}],
  ])("touches nothing that is %s", async (_case, tags) => {
    const { run, commands, events, released } = deletion({ aws: tagged(tags) });
    await run();
    expect(commands()).toEqual(["ListTagsForResourceCommand"]);
    expect(events).toEqual([]);
    expect(released()).toBe(true);
  });

  test.each<[string, S3BucketSpec]>([
    ["Retain", {}],
    ["DeleteIfEmpty", DELETE_IF_EMPTY],
  ])("a bucket without tags that was to be made for it is told of, and left alone: %s", async (_case, spec) => {
    const status = { bucketName: "docs", appliedSettings: ["tags"] };
    const { run, commands, events, released } = deletion({ spec, status, aws: tagged({ team: "a" }) });
    await run();
    expect(commands()).not.toContain("DeleteBucketCommand");
    expect(events).toMatchObject([{ type: "Warning", reason: "BucketLeftUntagged" }]);
    expect(released()).toBe(true);
  });

  test("a missing bucket does not block", async () => {
    const aws = {
      ListTagsForResourceCommand: failing("NoSuchBucket", 404),
      HeadBucketCommand: failing("NotFound", 404),
    };
    const { run, events, released } = deletion({ aws });
    await run();
    expect(events).toEqual([]);
    expect(released()).toBe(true);
  });

  test.each([
    ["AWS does not answer", { aws: { ListTagsForResourceCommand: failing("ServiceUnavailable", 503) } }],
    ["the tags may not be written", { aws: { ...tagged(OURS), TagResourceCommand: failing("AccessDenied", 403) } }],
    ["there is no account any more", { accounts: [] }],
  ])("goes all the same when %s, and says so", async (_case, options) => {
    const { run, events, released } = deletion(options);
    await run();
    expect(events).toMatchObject([{ type: "Warning", reason: "BucketNotReleased" }]);
    expect(released()).toBe(true);
  });

  describe("retries conflicts and throttling", () => {
    beforeEach(() => void vi.useFakeTimers());
    afterEach(() => void vi.useRealTimers());

    const refusing = (command: string, name: string, status: number, times: number) => {
      const { current, answers } = tagStore(OURS);
      let left = times;
      const answer = (call: Call) => {
        left -= 1;
        if (left >= 0) throw sdkError(name, status);
        return answers[command]?.(call);
      };
      return { current, aws: { ...answers, [command]: answer } };
    };

    test.each([
      ["ListTagsForResourceCommand", "OperationAborted", 409],
      ["TagResourceCommand", "OperationAborted", 409],
      ["UntagResourceCommand", "OperationAborted", 409],
      ["ListTagsForResourceCommand", "SlowDown", 503],
      ["TagResourceCommand", "SlowDown", 503],
    ])("%s: %s", async (command, name, status) => {
      const { current, aws } = refusing(command, name, status, 3);
      const { run, events } = deletion({ aws });
      const running = run();
      await vi.advanceTimersByTimeAsync(3_000);
      expect(await running).toEqual({ kind: "released" });
      expect(events).toMatchObject([{ reason: "BucketReleased" }]);
      expect(Object.fromEntries(current)).toEqual({ ...releaseTag(OWNER), "s3-operator.io/origin": "Created" });
    });

    test("but delays a deletion for at most 20 s", async () => {
      const { aws } = refusing("TagResourceCommand", "OperationAborted", 409, Infinity);
      const { run, events, released } = deletion({ aws });
      const running = run();
      await vi.advanceTimersByTimeAsync(20_000);
      await running;
      expect(events).toMatchObject([{ reason: "BucketNotReleased" }]);
      expect(released()).toBe(true);
    });
  });

  test.each<[string, S3BucketSpec]>([
    ["Retain", {}],
    ["DeleteIfEmpty", DELETE_IF_EMPTY],
  ])("in Observe mode asks and writes nothing: %s", async (_case, spec) => {
    const { run, commands, released } = deletion({ spec: { ...spec, mode: "Observe" }, aws: tagged(OURS) });
    await run();
    expect(commands()).toEqual([]);
    expect(released()).toBe(true);
  });
});

test("an account that is known not to allow Retain keeps the object, and the bucket its claim", async () => {
  const accounts = [awsAccount({ default: true, allowedDeletionPolicies: ["DeleteIfEmpty"] })];
  const { run, commands, released } = deletion({ accounts, aws: tagged(OURS) });
  expect(await thrownOutcome(run)).toMatchObject({ kind: "waiting", reason: "DeletionPolicyNotAllowed" });
  expect(commands()).toEqual(["ListTagsForResourceCommand"]);
  expect(released()).toBe(false);
});

test.each<[string, S3BucketSpec]>([
  ["Retain", {}],
  ["DeleteIfEmpty", DELETE_IF_EMPTY],
  ["Observe", { ...DELETE_IF_EMPTY, mode: "Observe" }],
])(
  "%s after S3 Lifecycle was told to expire everything: it is told to stop, before anything else",
  async (_case, spec) => {
    const status = { ...ESTABLISHED, deletion: { lifecycleStartedTime: "2026-01-01T00:00:00Z" } };
    const expiring = {
      ...tagged(OURS),
      GetBucketLifecycleConfigurationCommand: () => ({ Rules: [{ ID: "s3-operator-expire-all" }] }),
    };
    const { run, commands } = deletion({ spec, status, aws: expiring });
    await run().catch(() => undefined);
    expect(commands().slice(0, 4)).toEqual([
      "HeadBucketCommand",
      "ListTagsForResourceCommand",
      "GetBucketLifecycleConfigurationCommand",
      "DeleteBucketLifecycleCommand",
    ]);
    const failed = deletion({
      spec,
      status,
      aws: { ...expiring, DeleteBucketLifecycleCommand: failing("SlowDown", 503) },
    });
    expect(await thrownFailure(failed.run)).toMatchObject({ reason: "Throttled" });
    expect(failed.released()).toBe(false);
  },
);

describe("DeleteIfEmpty", () => {
  const destroy = (aws: Case["aws"], status = ESTABLISHED) =>
    deletion({ spec: DELETE_IF_EMPTY, status, aws: aws ?? {} });

  test("deletes the bucket, and releases the object once it is gone", async () => {
    let heads = 0;
    const { run, commands, calls, events, released } = destroy({
      ...tagged(OURS),
      HeadBucketCommand: () => {
        heads += 1;
        if (heads > 1) throw sdkError("NotFound", 404);
      },
    });
    expect(await run()).toEqual({ kind: "released" });
    expect(commands()).toEqual([
      "HeadBucketCommand",
      "ListTagsForResourceCommand",
      "DeleteBucketCommand",
      "HeadBucketCommand",
    ]);
    expect(calls[2]?.input).toEqual({ Bucket: "docs", ExpectedBucketOwner: "111122223333" });
    expect(events).toMatchObject([{ reason: "BucketDeleted" }]);
    expect(released()).toBe(true);
  });

  test("waits while the bucket still exists", async () => {
    const { run, events, released } = destroy(tagged(OURS));
    expect(await thrownOutcome(run)).toMatchObject({ kind: "again", reason: "Deleting" });
    expect(events).toEqual([]);
    expect(released()).toBe(false);
  });

  test("waits for its account, unless it never had one", async () => {
    const { run, released } = deletion({ spec: DELETE_IF_EMPTY, accounts: [] });
    expect(await thrownOutcome(run)).toMatchObject({ kind: "waiting", reason: "AccountNotAvailable" });
    expect(released()).toBe(false);
    expect(await deletion({ spec: DELETE_IF_EMPTY, status: {}, accounts: [] }).run()).toEqual({ kind: "released" });
  });

  test("waits until a user empties it", async () => {
    const { run, released } = destroy({ ...tagged(OURS), DeleteBucketCommand: failing("BucketNotEmpty", 409) });
    expect(await thrownOutcome(run)).toMatchObject({ kind: "waiting", reason: "BucketNotEmpty" });
    expect(released()).toBe(false);
  });

  test("is for an account that allows it", async () => {
    const accounts = [awsAccount({ default: true, allowedDeletionPolicies: ["Retain"] })];
    const { run, commands } = deletion({ spec: DELETE_IF_EMPTY, accounts, aws: tagged(OURS) });
    expect(await thrownOutcome(run)).toMatchObject({ kind: "waiting", reason: "DeletionPolicyNotAllowed" });
    expect(commands()).not.toContain("DeleteBucketCommand");
  });

  test("a denial names the action, and the object stays", async () => {
    const { run, released } = destroy({ ...tagged(OURS), DeleteBucketCommand: failing("AccessDenied", 403) });
    const { reason, message } = await thrownFailure(run);
    expect(reason).toBe("AccessDenied");
    expect(message).toContain("s3:DeleteBucket");
    expect(released()).toBe(false);
  });

  test("a bucket whose tags cannot be read stays, since it may have another owner", async () => {
    const { run, commands, released } = destroy({ ListTagsForResourceCommand: failing("AccessDenied", 403) });
    await thrownFailure(run);
    expect(commands()).not.toContain("DeleteBucketCommand");
    expect(released()).toBe(false);
  });

  test("a bucket that was ours and denies access keeps the object", async () => {
    const { run, released } = destroy({ HeadBucketCommand: failing("Unknown", 403) });
    expect(await thrownFailure(run)).toMatchObject({ reason: "AccessDenied" });
    expect(released()).toBe(false);
  });

  test.each<[string, Record<string, () => unknown>, S3BucketStatus]>([
    ["is another's", tagged(OTHERS), ESTABLISHED],
    ["has no owner", tagged({}), ESTABLISHED],
    ["is gone", { HeadBucketCommand: failing("NotFound", 404) }, ESTABLISHED],
    [
      "is in another account, and never was ours",
      { HeadBucketCommand: failing("Unknown", 403) },
      { bucketName: "docs" },
    ],
    ["is in another region", { HeadBucketCommand: () => ({ BucketRegion: "us-west-2" }) }, ESTABLISHED],
    [
      "went between two looks",
      { ListTagsForResourceCommand: failing("NoSuchBucket", 404), HeadBucketCommand: thereAtFirst() },
      ESTABLISHED,
    ],
  ])("a bucket that %s is left alone, and the object goes", async (_case, aws, status) => {
    const { run, commands, released } = destroy(aws, status);
    expect(await run()).toEqual({ kind: "released" });
    expect(commands()).not.toContain("DeleteBucketCommand");
    expect(released()).toBe(true);
  });

  test.each([
    ["one call alone says that it is gone", { ListTagsForResourceCommand: failing("NoSuchBucket", 404) }, "NotFound"],
    ["a proxy says that it is gone", { HeadBucketCommand: foreign(404) }, "Unavailable"],
    ["a proxy says that it is another's", { HeadBucketCommand: foreign(403) }, "Unavailable"],
    ["a proxy answers for its tags", { ListTagsForResourceCommand: foreign(404) }, "Unavailable"],
    [
      "the store takes the call for one of another bucket, and knows no tags either",
      {
        ListTagsForResourceCommand: failing("NoSuchBucket", 404, { BucketName: "v20180820" }),
        GetBucketTaggingCommand: failing("NotImplemented", 501),
      },
      "Unsupported",
    ],
  ])("the object stays where %s", async (_case, aws, reason) => {
    const { run, commands, released } = destroy(aws, { bucketName: "docs" });
    const error: unknown = await run().catch((thrown: unknown) => thrown);
    expect(failureIn(error) ?? awsFailure(error)).toMatchObject({ reason });
    expect(commands()).not.toContain("DeleteBucketCommand");
    expect(released()).toBe(false);
  });
});
