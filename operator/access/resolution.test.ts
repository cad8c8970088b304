import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AWSAccountSpec, BucketAccessSpec, S3BucketSpec } from "../api/types.ts";
import { awsAccount, s3Bucket, verifiedBucket } from "../bucket/testing/fixtures.ts";
import { createVerifiedBuckets, type Verification } from "../bucket/verified.ts";
import type { OutcomeError } from "../kube/outcome.ts";
import { decide, isRefused } from "./decision.ts";
import { refusalOf, resolveAccess, type Resolution } from "./resolution.ts";
import { bucketAccess, directoryOf } from "./testing/objects.ts";

interface Case {
  spec?: Partial<BucketAccessSpec>;
  bucket?: S3BucketSpec | null;
  deleting?: boolean;
  accounts?: Partial<AWSAccountSpec>[];
  known?: Verification | undefined;
  reconciled?: boolean;
}

function resolve(given: Case): Resolution {
  const { spec = {}, bucket = {}, deleting = false, accounts = [{}], reconciled = true } = given;
  const known = "known" in given ? given.known : verifiedBucket();
  const object = s3Bucket(bucket ?? {}, deleting ? { deletionTimestamp: "2026-11-22T00:00:00Z" } : {});
  const all = accounts.map((each, index) => awsAccount({ default: true, ...each }, `account-${index}`));
  const directory = directoryOf(bucket === null ? [] : [object], all);
  const verified = createVerifiedBuckets(() => undefined);
  verified.note(object, known);
  if (reconciled) verified.reconciled(object);
  return resolveAccess({ directory, verified }, bucketAccess(spec));
}

function endOf(resolution: Resolution) {
  if (resolution.state === "Refused") return resolution.failure;
  return resolution.state === "Waiting" ? (resolution.outcome.outcome as OutcomeError["outcome"] & object) : {};
}

const EXTERNAL = { bucketRef: undefined as never, bucket: { name: "lake", region: "eu-west-1" } };
const LAKE = { access: { rules: [{ buckets: ["lake"] }] } };

describe("resolveAccess", () => {
  test.each<[string, Case, Resolution["state"], string | undefined]>([
    ["grants a bucket that is verified", {}, "Granted", undefined],
    ["waits for one that is not", { known: undefined }, "Waiting", "BucketNotReady"],
    ["waits for an S3Bucket that is being deleted", { deleting: true }, "Waiting", "BucketNotReady"],
    [
      "waits for one that was verified in another account",
      { known: verifiedBucket({ accountId: "9" }) },
      "Waiting",
      "BucketNotReady",
    ],
    [
      "waits for the key that the spec names",
      { bucket: { encryption: { kmsKey: { alias: "alias/a" } } } },
      "Waiting",
      "BucketNotReady",
    ],
    ["refuses a lost one", { known: { state: "Lost", name: "docs" } }, "Refused", "BucketNotOwned"],
    ["refuses where the S3Bucket is gone", { bucket: null }, "Refused", "BucketNotAvailable"],
    [
      "refuses where no account admits the namespace",
      { accounts: [{ allowedNamespaces: { names: [] } }] },
      "Refused",
      "BucketNotReady",
    ],
    ["waits where there is no account", { accounts: [] }, "Waiting", "BucketNotReady"],
    ["waits where there are two default accounts", { accounts: [{}, {}] }, "Waiting", "BucketNotReady"],
    [
      "refuses an observed bucket without owner",
      { known: verifiedBucket({ isOwned: false }) },
      "Refused",
      "NotAllowedByAccount",
    ],
    [
      "grants an observed bucket that the account allows",
      { known: verifiedBucket({ isOwned: false }), accounts: [{ access: { rules: [{ buckets: ["docs"] }] } }] },
      "Granted",
      undefined,
    ],
    ["refuses an external bucket without a rule", { spec: EXTERNAL }, "Refused", "NotAllowedByAccount"],
    ["grants an external bucket by a rule", { spec: EXTERNAL, accounts: [LAKE] }, "Granted", undefined],
    [
      "refuses an external bucket that an S3Bucket owns",
      { spec: EXTERNAL, accounts: [LAKE], known: verifiedBucket({ name: "lake" }) },
      "Refused",
      "NotAllowedByAccount",
    ],
    [
      "refuses a key of an account that the guardrails do not allow",
      {
        spec: { ...EXTERNAL, bucket: { ...EXTERNAL.bucket, kmsKeyArn: "arn:aws:kms:eu-west-1:999988887777:key/1" } },
        accounts: [{ ...LAKE, guardrails: { allowedAccounts: [] } }],
      },
      "Refused",
      "GuardrailViolated",
    ],
  ])("%s", (_case, given, state, reason) => {
    const resolution = resolve(given);
    expect(resolution.state).toBe(state);
    expect("reason" in endOf(resolution) ? (endOf(resolution) as { reason: string }).reason : undefined).toBe(reason);
  });

  test("says nothing until the S3Bucket was reconciled once", () => {
    expect(endOf(resolve({ known: undefined, reconciled: false }))).toMatchObject({ quiet: true });
  });

  test("describes an external bucket as the spec does", () => {
    const kmsKeyArn = "arn:aws:kms:eu-west-1:111122223333:key/1";
    const bucket = { name: "lake", region: "eu-west-1", accountId: "999988887777", kmsKeyArn };
    expect(resolve({ spec: { ...EXTERNAL, bucket }, accounts: [LAKE] })).toMatchObject({
      bucket: {
        name: "lake",
        arn: "arn:aws:s3:::lake",
        accountId: "999988887777",
        encryption: { kmsKeyArn, contexts: ["Bucket", "Object"] },
      },
    });
  });
});

describe("decide", () => {
  test("does not depend on any status", () => {
    const account = awsAccount({ default: true });
    const texts = fc.dictionary(fc.string({ maxLength: 12 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 6 });
    fc.assert(
      fc.property(texts, texts, (ofBucket, ofAccess) => {
        const [plain, forged] = [{}, ofBucket].map((status) => directoryOf([s3Bucket({}, { status })], [account]));
        if (plain === undefined || forged === undefined) throw new Error("Not so many");
        const before = decide(plain, bucketAccess());
        const after = decide(forged, bucketAccess({}, {}, ofAccess));
        expect([after.wanted, isRefused(after)]).toEqual([before.wanted, isRefused(before)]);
      }),
    );
  });
});

describe("a refused access", () => {
  test("stalls if only a user can fix it", () => {
    const { outcome } = refusalOf({ reason: "NotConsented", message: "m", terminal: true });
    expect(outcome).toMatchObject({ kind: "failure", reason: "NotConsented", terminal: true });
  });

  test.each([
    [undefined, 300_000],
    [7_000, 7_000],
  ])("else waits: %s is %i ms", (retryAfterMs, afterMs) => {
    const failure = { reason: "BucketNotAvailable" as const, message: "m", ...(retryAfterMs && { retryAfterMs }) };
    expect(refusalOf(failure).outcome).toMatchObject({ kind: "waiting", reason: "BucketNotAvailable", afterMs });
  });
});
