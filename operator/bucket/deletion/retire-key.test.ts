import { describe, expect, test } from "vitest";
import type { S3Bucket, S3BucketSpec, S3BucketStatus } from "../../api/types.ts";
import type { BucketDependencies } from "../dependencies.ts";
import {
  ACCOUNT,
  arnOf,
  denied,
  fakeKms,
  keyMetadata,
  notFound,
  ownTags,
  type Answers,
} from "../key/testing/fake-kms.ts";
import { failing, fakeBucket } from "../testing/fake-bucket.ts";
import { awsAccount, OWNER, recordedContext, s3Bucket, verifiedBucket, verifiedBuckets } from "../testing/fixtures.ts";
import { thrownFailure, thrownOutcome } from "../testing/thrown.ts";
import { retireKey } from "./retire-key.ts";

const ARN = arnOf("k");
const GOES: S3BucketSpec = {
  deletionPolicy: "DeleteIfEmpty",
  encryption: { sseAlgorithm: "aws:kms", kmsKey: { managed: { deletionWindowInDays: 8 } } },
};
const GONE = failing("NotFound", 404);

interface Case {
  spec?: S3BucketSpec;
  status?: S3BucketStatus;
  kms?: Answers;
  /** The other S3Buckets. */
  others?: S3Bucket[];
  /** What HeadBucket answers. */
  head?: () => unknown;
}

function retirement({ spec = GOES, status = {}, kms = {}, others = [], head = GONE }: Case) {
  const { session, calls } = fakeKms({
    DescribeKey: () => ({ KeyMetadata: keyMetadata("k") }),
    ListResourceTags: ownTags,
    ScheduleKeyDeletion: () => ({ DeletionDate: new Date("2026-12-01T10:00:00Z") }),
    ...kms,
  });
  const { bucket } = fakeBucket(head);
  const object = s3Bucket(spec, { status });
  const { context, events } = recordedContext(object);
  const dependencies = {
    aws: { session: async () => ({ ...session, s3: () => bucket.s3 }) },
    directory: { accounts: () => [awsAccount({ default: true })], namespace: () => undefined },
    verified: verifiedBuckets([object, verifiedBucket()]),
    cluster: OWNER.cluster,
    knownBuckets: () => [object, ...others],
  } as unknown as BucketDependencies;
  const scheduled = () => calls.filter((call) => call.startsWith("ScheduleKeyDeletion"));
  return { run: () => retireKey(dependencies, context), events, calls, scheduled };
}

test("schedules the deletion of the key of a deleted bucket, and emits an event with key and date", async () => {
  const { run, scheduled, events } = retirement({});
  await run();
  expect(scheduled()).toEqual(["ScheduleKeyDeletion k"]);
  expect(events).toMatchObject([{ type: "Warning", reason: "KMSKeyScheduledForDeletion" }]);
  expect(events[0]?.note).toContain(`${ARN}' will be deleted on 2026-12-01`);
});

test.each<[string, S3BucketSpec]>([
  ["no encryption", {}],
  ["a key that the operator does not manage", { encryption: { sseAlgorithm: "aws:kms", kmsKey: { arn: ARN } } }],
  ["no window", { encryption: { sseAlgorithm: "aws:kms", kmsKey: { managed: {} } } }],
])("%s: sends no call", async (_case, spec) => {
  const { run, calls, events } = retirement({ spec });
  await run();
  expect(calls).toEqual([]);
  expect(events).toEqual([]);
});

test("an existing bucket keeps its key", async () => {
  const { run, calls, events } = retirement({ head: () => ({}) });
  await run();
  expect(calls).toEqual([]);
  expect(events).toMatchObject([{ reason: "KMSKeyKept" }]);
});

test("a deletion scheduled by an earlier attempt is reported again, and not repeated", async () => {
  const KeyMetadata = { ...keyMetadata("k", "PendingDeletion"), DeletionDate: new Date("2026-11-30T00:00:00Z") };
  const { run, scheduled, events } = retirement({ kms: { DescribeKey: () => ({ KeyMetadata }) } });
  await run();
  expect(scheduled()).toEqual([]);
  expect(events[0]?.note).toContain("2026-11-30");
});

test("no key, or another's: nothing to do", async () => {
  for (const kms of [{ DescribeKey: notFound }, { ListResourceTags: () => ({}) }]) {
    const { run, scheduled, events } = retirement({ kms });
    await run();
    expect(scheduled()).toEqual([]);
    expect(events).toEqual([]);
  }
});

test("throws if the owner of the key is unknown", async () => {
  const { run, scheduled } = retirement({ kms: { ListResourceTags: denied() } });
  expect((await thrownFailure(run)).message).toContain("AWS denied");
  expect(scheduled()).toEqual([]);
});

describe("while another S3Bucket uses the key", () => {
  const other = (spec: S3BucketSpec, status: S3BucketStatus) =>
    s3Bucket(spec, { uid: "other", name: "secret", status });
  const byArn: S3BucketSpec = { encryption: { sseAlgorithm: "aws:kms", kmsKey: { arn: ARN } } };

  test.each<[string, S3BucketSpec, S3BucketStatus]>([
    ["by whatever name", { encryption: { kmsKey: { alias: "alias/x" } } }, { kmsKeyArn: ARN }],
    ["by its spec alone", byArn, { accountId: ACCOUNT }],
  ])("%s it stays", async (_case, spec, status) => {
    const { run, scheduled } = retirement({ others: [other(spec, status)] });
    const stop = await thrownOutcome(run);
    expect(stop).toMatchObject({ kind: "waiting", reason: "KMSKeyInUse" });
    expect(JSON.stringify(stop)).not.toContain("secret");
    expect(scheduled()).toEqual([]);
  });

  test("but S3Buckets of other accounts do not delay it", async () => {
    for (const status of [{}, { accountId: "444455556666" }]) {
      const { run, scheduled } = retirement({ others: [other(byArn, status)] });
      await run();
      expect(scheduled()).toHaveLength(1);
    }
  });
});
