import type { KMSClient } from "@aws-sdk/client-kms";
import { beforeEach, describe, expect, test } from "vitest";
import type { S3BucketSpec } from "../api/types.ts";
import type { AwsSession } from "../aws/session.ts";
import { createKeyResolver, type KeyResolver } from "./kms-key.ts";
import { failing } from "./testing/fake-bucket.ts";
import { target } from "./testing/fixtures.ts";

const ARN = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const ENABLED = { KeyMetadata: { Arn: ARN, KeyState: "Enabled" } };
const { signal } = new AbortController();

let now: number;
let resolve: KeyResolver;
/** "region key" of each call to KMS. */
let calls: string[];

beforeEach(() => {
  now = 0;
  resolve = createKeyResolver(() => now);
  calls = [];
});

function session(answer: () => unknown, overrides: Partial<AwsSession> = {}): AwsSession {
  const kms = (region: string) => {
    const send = async ({ input }: { input: { KeyId: string } }) => {
      calls.push(`${region} ${input.KeyId}`);
      return answer();
    };
    return { send } as unknown as KMSClient;
  };
  return { ...target().session, kms, ...overrides };
}

function withKey(kmsKey: { arn?: string; alias?: string }): S3BucketSpec {
  return { encryption: { sseAlgorithm: "aws:kms", kmsKey } };
}

const byAlias = withKey({ alias: "alias/docs" });

function resolveAlias(answer: () => unknown, overrides: Partial<AwsSession> = {}, region = "eu-central-1") {
  return resolve(session(answer, overrides), region, byAlias, signal);
}

test.each<[string, S3BucketSpec]>([
  ["no encryption", {}],
  ["no key", { encryption: { sseAlgorithm: "aws:kms" } }],
])("%s: KMS is not asked", async (_case, spec) => {
  expect(await resolve(session(failing("bug", 500)), "eu-central-1", spec, signal)).toEqual({ arn: undefined });
  expect(calls).toEqual([]);
});

test("an alias is resolved to the key's ARN, in the bucket's region", async () => {
  expect(await resolveAlias(() => ENABLED)).toEqual({ arn: ARN });
  expect(calls).toEqual(["eu-central-1 alias/docs"]);
});

describe("an answer is kept", () => {
  test("for 15 minutes", async () => {
    await resolveAlias(() => ENABLED);
    now += 899_999;
    expect(await resolveAlias(failing("bug", 500))).toEqual({ arn: ARN });
    expect(calls).toHaveLength(1);
    now += 1;
    await resolveAlias(() => ENABLED);
    expect(calls).toHaveLength(2);
  });

  test("for that region, account and caller alone", async () => {
    await resolveAlias(() => ENABLED);
    await resolveAlias(() => ENABLED, {}, "us-west-2");
    await resolveAlias(() => ENABLED, { accountId: "444455556666" });
    await resolveAlias(() => ENABLED, { callerArn: "arn:aws:iam::111122223333:role/other" });
    expect(calls).toHaveLength(4);
  });

  test("only if it was good", async () => {
    await resolveAlias(failing("NotFoundException", 400));
    expect(await resolveAlias(() => ENABLED)).toEqual({ arn: ARN });
  });
});

describe("a key that is no use", () => {
  test.each([
    ["Disabled", "enable it"],
    ["PendingDeletion", "cancel its deletion"],
    ["PendingImport", "enable it"],
    [undefined, "in no known state"],
  ])("%s", async (KeyState, help) => {
    const { failure } = await resolveAlias(() => ({ KeyMetadata: { Arn: ARN, KeyState } }));
    expect(failure).toMatchObject({ reason: "KMSKeyNotUsable", terminal: true });
    expect(failure?.message).toContain(help);
    expect(failure?.retryAfterMs).toBeGreaterThan(0);
  });

  test("is not there", async () => {
    const { failure } = await resolveAlias(failing("NotFoundException", 400));
    expect(failure).toMatchObject({ reason: "KMSKeyNotFound", terminal: true });
    expect(failure?.message).toContain("'alias/docs' does not exist in region eu-central-1");
  });

  test("an empty answer", async () => {
    expect((await resolveAlias(() => ({}))).failure).toMatchObject({ reason: "KMSKeyNotUsable" });
  });
});

describe("a denial", () => {
  const denied = failing("AccessDeniedException", 400);

  test("of an ARN is no hindrance: S3 does not ask either", async () => {
    expect(await resolve(session(denied), "eu-central-1", withKey({ arn: ARN }), signal)).toEqual({ arn: ARN });
  });

  test("of an alias names the action", async () => {
    const { failure } = await resolveAlias(denied);
    expect(failure).toMatchObject({ reason: "AccessDenied" });
    expect(failure?.message).toContain("kms:DescribeKey");
  });
});

test("KMS being slow is no verdict on the key, also for an ARN", async () => {
  const { failure } = await resolve(
    session(failing("ThrottlingException", 400)),
    "eu-central-1",
    withKey({ arn: ARN }),
    signal,
  );
  expect(failure).toMatchObject({ reason: "Throttled" });
  expect(failure?.terminal).toBeUndefined();
});

test("an error that is not AWS's is thrown on", async () => {
  const bug = () => {
    throw new TypeError("bug");
  };
  await expect(resolveAlias(bug)).rejects.toThrow(TypeError);
});
