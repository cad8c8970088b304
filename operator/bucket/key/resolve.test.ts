import { beforeEach, describe, expect, test } from "vitest";
import type { S3BucketSpec } from "../../api/types.ts";
import type { AwsSession } from "../../aws/session.ts";
import { createHistory } from "../../reconcile/history.ts";
import { failing } from "../testing/fake-bucket.ts";
import { OWNER, s3Bucket } from "../testing/fixtures.ts";
import { createKeyResolver, type KeyResolver } from "./resolve.ts";
import { arnOf, denied, fakeKms, keyMetadata, ownTags, REGION } from "./testing/fake-kms.ts";

const ARN = arnOf("1234abcd-12ab-34cd-56ef-1234567890ab");
const enabled = () => ({ KeyMetadata: { KeyId: "1234", Arn: ARN, KeyState: "Enabled" } });
const { signal } = new AbortController();

let now: number;
let resolve: KeyResolver;

beforeEach(() => {
  now = 0;
  resolve = createKeyResolver(() => now);
});

type KmsKey = NonNullable<NonNullable<S3BucketSpec["encryption"]>["kmsKey"]>;

const withKey = (kmsKey: KmsKey): S3BucketSpec => ({ encryption: { sseAlgorithm: "aws:kms", kmsKey } });
const BY_ALIAS = withKey({ alias: "alias/docs" });
const BY_ARN = withKey({ arn: ARN });

function request(spec: S3BucketSpec, session: AwsSession, { region = REGION, uid = "uid" } = {}) {
  const history = createHistory(() => now, 60_000);
  const beginWork = () => Promise.resolve();
  return { object: s3Bucket(spec, { uid }), session, region, owner: OWNER, signal, history, beginWork };
}

/** The resolution for this answer of DescribeKey, and the calls. */
async function outcome(
  spec: S3BucketSpec,
  answer: () => unknown,
  { session, ...rest }: { session?: Partial<AwsSession>; region?: string; uid?: string } = {},
) {
  const kms = fakeKms({
    DescribeKey: answer,
    ListResourceTags: ownTags,
    GetKeyRotationStatus: () => ({ KeyRotationEnabled: true, RotationPeriodInDays: 365 }),
  });
  const resolution = await resolve(request(spec, { ...kms.session, ...session }, rest));
  return { ...resolution, calls: kms.calls, regions: kms.regions };
}

test.each<[string, S3BucketSpec]>([
  ["no encryption", {}],
  ["no key", { encryption: { sseAlgorithm: "aws:kms" } }],
])("%s: KMS is not asked", async (_case, spec) => {
  expect(await outcome(spec, failing("bug", 500))).toEqual({ arn: undefined, calls: [], regions: [] });
});

test("an alias is resolved to the key's ARN, in the bucket's region", async () => {
  const { arn, calls, regions } = await outcome(BY_ALIAS, enabled);
  expect(arn).toBe(ARN);
  expect(calls).toEqual(["DescribeKey alias/docs"]);
  expect(regions).toEqual([REGION]);
});

test("an ARN of another region is refused without a call", async () => {
  const { failure, calls } = await outcome(BY_ARN, enabled, { region: "us-east-1" });
  expect(failure).toMatchObject({ reason: "KMSKeyWrongRegion", terminal: true });
  expect(failure?.message).toContain("us-east-1");
  expect(calls).toEqual([]);
});

describe("an answer is cached", () => {
  test("for 15 minutes", async () => {
    await outcome(BY_ALIAS, enabled);
    now += 899_999;
    expect(await outcome(BY_ALIAS, failing("bug", 500))).toMatchObject({ arn: ARN, calls: [] });
    now += 1;
    expect((await outcome(BY_ALIAS, enabled)).calls).toHaveLength(1);
  });

  test("for that region, account and caller alone", async () => {
    const calls = async (more: Parameters<typeof outcome>[2]) => (await outcome(BY_ALIAS, enabled, more)).calls.length;
    expect(await calls({})).toBe(1);
    expect(await calls({ session: { accountId: "444455556666" } })).toBe(1);
    expect(await calls({ session: { callerArn: "arn:aws:iam::111122223333:user/x" } })).toBe(1);
    expect(await calls({ region: "us-east-1" })).toBe(1);
    expect(await calls({})).toBe(0);
  });

  test("for all S3Buckets that name the same key, but a managed one for its own alone", async () => {
    const calls = async (kmsKey: KmsKey, uid: string) =>
      (await outcome(withKey(kmsKey), enabled, { uid })).calls.length;
    expect(await calls({ alias: "alias/docs" }, "a")).toBe(1);
    expect(await calls({ alias: "alias/docs" }, "b")).toBe(0);
    expect(await calls({ managed: {} }, "a")).toBe(3);
    expect(await calls({ managed: {} }, "a")).toBe(0);
    expect(await calls({ managed: {} }, "b"), "the namesake that comes after it").toBe(3);
  });

  test("but not while the rotation of a managed key is not as declared", async () => {
    const spec = withKey({ managed: { rotationPeriodInDays: 90 } });
    const kms = fakeKms({
      DescribeKey: enabled,
      ListResourceTags: ownTags,
      GetKeyRotationStatus: () => ({ KeyRotationEnabled: true }),
      EnableKeyRotation: () => ({}),
    });
    const requested = request(spec, kms.session);
    for (const write of [true, false]) {
      kms.calls.length = 0;
      expect(await resolve(requested)).toMatchObject({ arn: ARN, rotation: { state: "Settling" } });
      expect(kms.calls.some((call) => call.startsWith("EnableKeyRotation"))).toBe(write);
    }
  });

  test("but not a failure", async () => {
    await outcome(BY_ALIAS, failing("NotFoundException", 400));
    expect(await outcome(BY_ALIAS, enabled)).toMatchObject({ arn: ARN });
  });
});

describe("a key that is no use", () => {
  test.each([
    ["Disabled", "enable it"],
    ["PendingDeletion", "cancel its deletion"],
    ["PendingImport", "enable it"],
    [undefined, "in no known state"],
  ])("%s", async (KeyState, help) => {
    const { failure } = await outcome(BY_ALIAS, () => ({ KeyMetadata: { Arn: ARN, KeyState } }));
    expect(failure).toMatchObject({ reason: "KMSKeyNotUsable", terminal: true });
    expect(failure?.message).toContain(help);
    expect(failure?.retryAfterMs).toBeGreaterThan(0);
  });

  test("is not there", async () => {
    const { failure } = await outcome(BY_ALIAS, failing("NotFoundException", 400));
    expect(failure).toMatchObject({ reason: "KMSKeyNotFound", terminal: true });
    expect(failure?.message).toContain("'alias/docs' does not exist in region eu-central-1");
  });

  test("an empty answer", async () => {
    expect((await outcome(BY_ALIAS, () => ({}))).failure).toMatchObject({ reason: "KMSKeyNotFound" });
  });
});

describe("a denial", () => {
  test("of an ARN does not block, since S3 does not check either; usability is unknown", async () => {
    expect(await outcome(BY_ARN, denied())).toMatchObject({ arn: ARN, unseen: expect.stringContaining("AWS denied") });
  });

  test("of an alias names action and alias", async () => {
    const { failure } = await outcome(BY_ALIAS, failing("AccessDeniedException", 400));
    expect(failure).toMatchObject({ reason: "AccessDenied" });
    expect(failure?.message).toContain("kms:DescribeKey");
    expect(failure?.message).toContain(`arn:aws:kms:${REGION}:111122223333:alias/docs`);
  });
});

test("throttling by KMS is a failure, also for an ARN", async () => {
  const { failure } = await outcome(BY_ARN, failing("ThrottlingException", 400));
  expect(failure).toMatchObject({ reason: "Throttled" });
  expect(failure?.terminal).toBeUndefined();
});

test("the message about an unusable managed key has its alias", async () => {
  const { failure } = await outcome(withKey({ managed: { alias: "alias/mine" } }), () => ({
    KeyMetadata: keyMetadata("k", "Disabled"),
  }));
  expect(failure?.message).toContain("'alias/mine' is Disabled");
});

test("an error that is not AWS's is rethrown", async () => {
  const bug = () => {
    throw new TypeError("bug");
  };
  await expect(outcome(BY_ALIAS, bug)).rejects.toThrow(TypeError);
});
