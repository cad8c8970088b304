/** What a BucketAccess allows, as a third-party evaluator of IAM policies decides. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Grant } from "../api/types.ts";
import { PERMISSIONS } from "./policy/grants.ts";
import type { AccessBucket, EncryptionContext } from "./policy/model.ts";
import { permissionsPolicy } from "./policy/permissions.ts";
import { contributionOf } from "./principals/contribution.ts";
import { buckets, grantLists, keysAround } from "./testing/arbitrary-grants.ts";
import {
  expectVerdicts,
  grantedAt,
  requestOnObject,
  requestsAt,
  requestsOnBucket,
} from "./testing/expected-requests.ts";
import {
  BUCKET,
  foreignRole,
  FORMER_KEY_ARN,
  KEY_ARN,
  ownRole,
  READER,
  sharedRole,
  type Request,
  type Rights,
} from "./testing/requests.ts";

const OWNER = { cluster: "prod", namespace: "team", name: "docs" };
const { arn, region } = BUCKET;

type RightsOf = (grants: Grant[], bucket: AccessBucket) => Rights;

/** Each kind of principal that a BucketAccess grants access to. */
const GRANTEES: Record<string, RightsOf> = {
  "a role of its own": (grants, bucket) => ownRole(permissionsPolicy(grants, bucket)),
  "a shared role": (grants, bucket) => sharedRole(permissionsPolicy(grants, bucket)),
  "a role in another account": (grants, bucket) => {
    const { bucket: onBucket, key } = contributionOf(OWNER, [READER], grants, bucket);
    return foreignRole(onBucket, key);
  },
};

const onObject = (action: string, key: string) => requestOnObject(BUCKET, action, key);
const onKey = (action: string, contextArn: string, resource = KEY_ARN, service = `s3.${region}`): Request => ({
  action: `kms:${action}`,
  resource,
  context: { "kms:ViaService": `${service}.amazonaws.com`, "kms:EncryptionContext:aws:s3:arn": contextArn },
});

/** A call to KMS by the caller itself, not through S3. */
const directly = (action: string, contextArn: string): Request => ({
  action: `kms:${action}`,
  resource: KEY_ARN,
  context: { "kms:EncryptionContext:aws:s3:arn": contextArn },
});

describe.each(Object.entries(GRANTEES))("%s", (_, rightsOf) => {
  test("may access what is below its prefixes, and nothing else", async () => {
    const property = fc.asyncProperty(grantLists, buckets, fc.nat(), async (grants, bucket, choice) => {
      const keys = grants.flatMap(({ prefix }) => keysAround(prefix));
      const some = [0, 1, 2, 3].map((step) => keys[(choice + step * 5) % keys.length] ?? "k");
      await expectVerdicts(
        rightsOf(grants, bucket),
        some.flatMap((key) => requestsAt(key, grants, bucket)),
      );
    });
    const neighbours = ["team-a/", "team-ab/"].map((prefix): Grant => ({ prefix, permissions: ["Read", "List"] }));
    await fc.assert(property, { numRuns: 24, examples: [[neighbours, BUCKET, 13]] });
  });

  test("may not list without a prefix, unless it may list everything", async () => {
    const property = fc.asyncProperty(grantLists, buckets, async (grants, bucket) => {
      await expectVerdicts(rightsOf(grants, bucket), requestsOnBucket(grants, bucket));
    });
    await fc.assert(property, { numRuns: 12 });
  });

  test("may use the KMS key only through S3, and by the bucket's context only with a bucket key", async () => {
    const property = fc.asyncProperty(grantLists, buckets, async (grants, bucket) => {
      const byBucket = bucket.encryption?.contexts.includes("Bucket") ?? false;
      const has = (...wanted: Grant["permissions"]) =>
        grants.some(({ permissions }) => permissions.some((permission) => wanted.includes(permission)));
      await expectVerdicts(rightsOf(grants, bucket), [
        [onKey("Decrypt", arn), byBucket && has("Read", "ReadVersions", "Write")],
        [onKey("GenerateDataKey", arn), byBucket && has("Write")],
        [onKey("Decrypt", `${arn}-2`), false],
        [onKey("Decrypt", arn, KEY_ARN, "ec2.eu-central-1"), false],
        [onKey("Decrypt", arn, KEY_ARN, "s3.eu-west-1"), false],
        [directly("Decrypt", arn), false],
        [onKey("CreateGrant", arn), false],
        [onKey("ReEncryptFrom", arn), false],
      ]);
    });
    await fc.assert(property, { numRuns: 12 });
  });

  test("may not delete versions, tag them or change access, even with all permissions on all keys", async () => {
    const bucket = { ...BUCKET, encryption: { kmsKeyArn: KEY_ARN, contexts: ["Bucket"] as const } };
    const rights = rightsOf([{ prefix: "*", permissions: [...PERMISSIONS] }], bucket);
    const actions = [
      "s3:DeleteObjectVersion",
      "s3:GetObjectVersionTagging",
      "s3:PutObjectVersionTagging",
      "s3:PutObjectAcl",
      "s3:PutObjectRetention",
      "s3:BypassGovernanceRetention",
    ];
    const onBucket = ["s3:PutBucketPolicy", "s3:GetBucketPolicy", "s3:PutBucketVersioning", "s3:DeleteBucket"];
    await expectVerdicts(rights, [
      ...actions.map((action) => [onObject(action, "k"), false] as const),
      ...onBucket.map((action) => [{ action, resource: arn }, false] as const),
      [{ action: "s3:GetObject", resource: `${arn}-2/k` }, false],
      [{ action: "s3:ListBucket", resource: `${arn}-2` }, false],
    ]);
  });
});

test("contributionOf grants access to no other principal", async () => {
  const bucket = { ...BUCKET, encryption: { kmsKeyArn: KEY_ARN, contexts: ["Bucket"] as const } };
  const { bucket: onBucket, key } = contributionOf(OWNER, [READER], [{ prefix: "*", permissions: ["Read"] }], bucket);
  const requests = [onObject("s3:GetObject", "k"), onKey("Decrypt", arn)];
  await expectVerdicts(
    foreignRole(onBucket, key),
    requests.map((request) => [request, true]),
  );
  await expectVerdicts(
    foreignRole(onBucket, key, "reader-2"),
    requests.map((request) => [request, false]),
  );
});

test("a role of its own may not use another KMS key", async () => {
  const bucket = { ...BUCKET, encryption: { kmsKeyArn: KEY_ARN, contexts: ["Bucket"] as const } };
  const rights = ownRole(permissionsPolicy([{ prefix: "*", permissions: ["Write"] }], bucket));
  await expectVerdicts(rights, [
    [onKey("Decrypt", arn), true],
    [onKey("Decrypt", arn, `${KEY_ARN.slice(0, -1)}0`), false],
  ]);
});

test("a former KMS key may be used to read, and to write only while S3 still encrypts with it", async () => {
  const property = fc.asyncProperty(grantLists, buckets, async (grants, bucket) => {
    const contexts = new Set(bucket.formerEncryptions.flatMap((former) => former.contexts));
    const inUse = bucket.formerEncryptions.some((former) => former.inUse === true);
    const may = (...wanted: Grant["permissions"]) =>
      grants.some(({ permissions }) => permissions.some((permission) => wanted.includes(permission)));
    const mayWrite = inUse && may("Write");
    const writesObject = inUse && contexts.has("Object") && grantedAt(grants, "team-a/k", "Write");
    const readsObject = contexts.has("Object") && grantedAt(grants, "team-a/k", "Read", "ReadVersions");
    for (const rightsOf of [GRANTEES["a role of its own"], GRANTEES["a shared role"]]) {
      if (rightsOf === undefined) throw new Error("no such grantee");
      await expectVerdicts(rightsOf(grants, bucket), [
        [onKey("Decrypt", arn, FORMER_KEY_ARN), contexts.has("Bucket") && (may("Read", "ReadVersions") || mayWrite)],
        [onKey("Decrypt", `${arn}/team-a/k`, FORMER_KEY_ARN), readsObject || writesObject],
        [onKey("GenerateDataKey", arn, FORMER_KEY_ARN), contexts.has("Bucket") && mayWrite],
        [onKey("GenerateDataKey", `${arn}/team-a/k`, FORMER_KEY_ARN), writesObject],
        [onKey("Decrypt", arn, FORMER_KEY_ARN, "s3.eu-west-1"), false],
        [onKey("Decrypt", `${arn}-2`, FORMER_KEY_ARN), false],
      ]);
    }
  });
  const readers: Grant[] = [{ prefix: "team-a/", permissions: ["Read"] }];
  const formerly = { kmsKeyArn: FORMER_KEY_ARN, contexts: ["Bucket", "Object"] as EncryptionContext[] };
  await fc.assert(property, { numRuns: 24, examples: [[readers, { ...BUCKET, formerEncryptions: [formerly] }]] });
});

test("a prefix of 1,024 bytes of special characters allows that prefix only", async () => {
  const prefix = `${"?*$${ü}".repeat(127)}${"x".repeat(7)}/`;
  expect(Buffer.byteLength(prefix)).toBe(1024);
  const rights = ownRole(permissionsPolicy([{ prefix, permissions: ["Read", "List"] }], BUCKET));
  const list = (key: string): Request => ({
    action: "s3:ListBucket",
    resource: arn,
    context: { "s3:prefix": key },
  });
  await expectVerdicts(rights, [
    [list(prefix), true],
    [list(`${prefix}k`), true],
    [list(prefix.replace("?", "x")), false],
    [list(prefix.replaceAll("*", "")), false],
    [list(prefix.slice(0, -1)), false],
    [onObject("s3:GetObject", `${prefix}k`), true],
    [onObject("s3:GetObject", `${prefix.replace("?", "x")}k`), false],
    [onObject("s3:GetObject", `${prefix.replaceAll("*", "")}k`), false],
  ]);
});
