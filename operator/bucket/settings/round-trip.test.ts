import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CorsRule, LifecycleFilter, LifecycleRule, PolicyStatement, S3BucketSpec } from "../../api/types.ts";
import { ownershipTags } from "../../ownership.ts";
import { ARBITRARY_SETTINGS, optional, some, word } from "../testing/arbitrary-settings.ts";
import { CALLER_ARN, OWNER, settingContextWith } from "../testing/fixtures.ts";
import { randomFrom } from "../testing/random.ts";
import type { FakeBucket } from "../testing/fake-bucket.ts";
import { rewritingS3 } from "../testing/rewriting-s3.ts";
import { SETTINGS } from "./index.ts";
import type { Declaration } from "./declaration.ts";
import type { Setting, SettingContext } from "./setting.ts";

/*
 * False drift is a write to AWS for every bucket at every poll: whatever is declared, and in whatever words AWS hands it back,
 * what was written must read back as equal.
 */

const KEY_ARN = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const days = fc.integer({ min: 1, max: 4_000 });
const date = fc
  .integer({ min: 20_000, max: 40_000 })
  .map((day) => `${new Date(day * 86_400_000).toISOString().slice(0, 10)}T00:00:00Z`);

const storageClass = fc.constantFrom("STANDARD_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE");

function oneOfEachClass<T extends { storageClass: string }>(transition: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc.uniqueArray(transition, { minLength: 1, maxLength: 5, selector: ({ storageClass }) => storageClass });
}

const prefix = fc.constantFrom("", "raw/", "raw");
const filter = optional<LifecycleFilter>({
  prefix,
  tags: fc.dictionary(word, word, { minKeys: 1, maxKeys: 3 }),
  objectSizeGreaterThan: fc.nat(2),
  objectSizeLessThan: fc.integer({ min: 3, max: 9 }),
});

const lifecycleRule = optional<LifecycleRule>(
  {
    id: word,
    status: fc.constantFrom("Enabled", "Disabled"),
    filter: fc.oneof(fc.record({ prefix }), filter),
    transitions: fc.oneof(
      oneOfEachClass(fc.record({ days: fc.nat(900), storageClass })),
      oneOfEachClass(fc.record({ date, storageClass })),
    ),
    expiration: fc.oneof(
      fc.record({ days }),
      fc.record({ date }),
      fc.constant({ expiredObjectDeleteMarker: true as const }),
    ),
    noncurrentVersionTransitions: oneOfEachClass(
      fc.record(
        { noncurrentDays: fc.nat(900), newerNoncurrentVersions: fc.integer({ min: 1, max: 100 }), storageClass },
        { requiredKeys: ["noncurrentDays", "storageClass"] },
      ),
    ),
    noncurrentVersionExpiration: fc.record(
      { noncurrentDays: days, newerNoncurrentVersions: fc.integer({ min: 1, max: 100 }) },
      { requiredKeys: ["noncurrentDays"] },
    ),
    abortIncompleteMultipartUpload: fc.record({ daysAfterInitiation: days }),
  },
  ["id", "status"],
);

const corsRule = optional<CorsRule>(
  {
    id: word,
    allowedOrigins: some(fc.constantFrom("*", "https://a.example", "https://*.b.example")),
    allowedMethods: some(fc.constantFrom("GET", "PUT", "POST", "DELETE", "HEAD")),
    allowedHeaders: some(fc.constantFrom("*", "Content-Type", "content-type", "X-Amz-*"), 3, 0),
    exposeHeaders: some(fc.constantFrom("ETag", "x-amz-version-id"), 2, 0),
    maxAgeSeconds: fc.nat(3_600),
  },
  ["allowedOrigins", "allowedMethods"],
);

const principals = fc.oneof(
  fc.record({
    aws: fc.oneof(
      fc.constant<string[]>(["*"]),
      some(fc.constantFrom("111122223333", "444455556666", "arn:aws:iam::111122223333:role/r")),
    ),
  }),
  fc.record({ service: some(fc.constantFrom("logging.s3.amazonaws.com", "cloudtrail.amazonaws.com")) }),
);
const condition = fc.record({
  operator: fc.constantFrom("StringEquals", "StringLike", "Bool"),
  key: fc.constantFrom("aws:SourceArn", "s3:prefix", "aws:PrincipalIsAWSService"),
  values: some(word),
});

const statement = optional<PolicyStatement>(
  {
    sid: word,
    effect: fc.constantFrom("Allow", "Deny"),
    principals,
    notPrincipals: fc.constant({ aws: ["111122223333"] }),
    actions: some(fc.constantFrom("s3:GetObject", "s3:PutObject", "s3:List*", "S3:getobjectacl")),
    notActions: some(fc.constantFrom("s3:GetObject", "s3:PutObject")),
    resources: some(fc.constantFrom("{bucket}", "{bucket}/*", "{bucket}/raw/*")),
    notResources: some(fc.constantFrom("{bucket}/a", "{bucket}/b")),
    conditions: fc.uniqueArray(condition, {
      minLength: 1,
      maxLength: 4,
      selector: ({ operator, key }) => `${operator}/${key}`,
    }),
  },
  ["sid", "effect"],
);

const blockedEncryptionTypes = fc.constantFrom<("SSE-C" | "NONE")[]>(["SSE-C"], ["NONE"]);

const tags = fc.dictionary(fc.stringMatching(/^[a-z]{1,2}$/), word, { maxKeys: 6 });

/** Declared or not, each by itself: all at once would be slow, and settings do not know of each other. */
const FIELDS = {
  ...ARBITRARY_SETTINGS,
  publicAccessBlock: fc.record({
    blockPublicAcls: fc.boolean(),
    ignorePublicAcls: fc.boolean(),
    blockPublicPolicy: fc.boolean(),
    restrictPublicBuckets: fc.boolean(),
  }),
  objectOwnership: fc.constantFrom("BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"),
  encryption: fc.oneof(
    fc.record(
      {
        sseAlgorithm: fc.constantFrom("AES256", "aws:kms", "aws:kms:dsse"),
        bucketKeyEnabled: fc.boolean(),
        blockedEncryptionTypes,
      },
      { requiredKeys: ["sseAlgorithm"] },
    ),
    fc.record({ blockedEncryptionTypes }),
  ),
  versioning: fc.constantFrom("Enabled", "Suspended"),
  lifecycle: fc.record(
    {
      transitionDefaultMinimumObjectSize: fc.constantFrom("all_storage_classes_128K", "varies_by_storage_class"),
      rules: fc.uniqueArray(lifecycleRule, { minLength: 1, maxLength: 4, selector: ({ id }) => id }),
      unmanagedRules: fc.constantFrom("Keep", "Remove"),
    },
    { requiredKeys: ["rules"] },
  ),
  // Ids that stand once: S3 calls them unique.
  cors: fc.record({
    rules: fc.uniqueArray(corsRule, { minLength: 1, maxLength: 4, selector: ({ id }) => id ?? Symbol("none") }),
  }),
  policy: fc.record(
    {
      minimumTLSVersion: fc.constantFrom("1.2", "1.3", "None"),
      cloudFrontDistributions: some(
        fc.constantFrom(
          "arn:aws:cloudfront::111122223333:distribution/A",
          "arn:aws:cloudfront::111122223333:distribution/B",
        ),
      ),
      statements: fc.uniqueArray(statement, { maxLength: 3, selector: ({ sid }) => sid }),
      unmanagedStatements: fc.constantFrom("Keep", "Remove"),
    },
    { requiredKeys: [] },
  ),
  tags,
} satisfies { [Name in keyof S3BucketSpec]: fc.Arbitrary<S3BucketSpec[Name]> };

/** Cannot be locked out: refusals are for policy.test.ts. */
const operator = { callerArn: CALLER_ARN, actions: [] };

const context: fc.Arbitrary<SettingContext> = fc
  .record({
    baseline: fc.boolean(),
    kmsKeyArn: fc.option(fc.constant(KEY_ARN), { nil: undefined }),
    accountTags: tags,
    appliedTagKeys: fc.uniqueArray(fc.stringMatching(/^[a-z]{1,2}$/), { maxLength: 4 }),
  })
  .map(({ kmsKeyArn, ...rest }) =>
    settingContextWith({
      ...rest,
      operator,
      ...(kmsKeyArn && { kmsKeyArn }),
      ownershipTags: ownershipTags(OWNER, "Created"),
    }),
  );

const READS = 3;

/** With the ids that status would have, once `desired` was written. */
function afterwards(setting: Setting, desired: unknown, observed: unknown): SettingContext {
  const reported = setting.report?.(desired, observed) as Record<string, { appliedIds?: string[] }> | undefined;
  return settingContextWith({ appliedIds: { [setting.name]: reported?.[setting.name]?.appliedIds ?? [] } });
}

/** Changes of what is no part of an export: whose the bucket is, and what S3 blocks of its own. */
const NOT_EXPORTED = /^(?:s3-operator\.io\/|blockedEncryptionTypes$)/;
/** What tags leave unsaid of every bucket here, and which is nothing of the spec's. */
const NOT_LOST = /AWS's own|an S3Bucket has the bucket/;

/** What an object wants that says just what `declare` found. */
function desiredAgain(setting: Setting, { spec = {} }: Declaration): unknown {
  const kmsKeyArn = spec.encryption?.kmsKey?.arn;
  return setting.desired(spec, settingContextWith({ operator, ...(kmsKeyArn !== undefined && { kmsKeyArn }) }));
}

/** A bucket on which the setting is at S3's own default. */
async function newBucket(setting: Setting, seed: number): Promise<FakeBucket["bucket"]> {
  const { bucket } = rewritingS3(randomFrom(seed));
  const observed = await setting.observe(bucket);
  const byDefault = setting.reset(observed, settingContextWith());
  if (byDefault !== undefined) await setting.write(bucket, byDefault, observed);
  return bucket;
}

test("every setting is tried", () => {
  expect(Object.keys(FIELDS).sort()).toEqual(SETTINGS.map(({ name }) => name).sort());
});

describe.each(SETTINGS.map((setting) => [setting.name, setting] as const))("%s", (name, setting) => {
  const field = FIELDS[name as keyof typeof FIELDS] as fc.Arbitrary<unknown>;
  const desiredAt = fc
    .tuple(fc.option(field, { freq: 9, nil: undefined }), context)
    .map(([value, context]) => setting.desired(value === undefined ? {} : { [name]: value }, context))
    .filter((desired) => desired !== undefined);

  test("what was written reads back as equal, however AWS puts it", async () => {
    await fc.assert(
      fc.asyncProperty(desiredAt, fc.option(desiredAt), fc.integer(), async (desired, former, seed) => {
        const { bucket } = rewritingS3(randomFrom(seed));
        if (former !== null) await setting.write(bucket, former, await setting.observe(bucket));
        await setting.write(bucket, desired, await setting.observe(bucket));
        for (let read = 0; read < READS; read += 1) {
          expect(setting.diff(desired, await setting.observe(bucket))).toEqual([]);
        }
      }),
    );
  });

  test("what is declared of a bucket differs in nothing from it", async () => {
    await fc.assert(
      fc.asyncProperty(desiredAt, fc.integer(), async (desired, seed) => {
        const { bucket } = rewritingS3(randomFrom(seed));
        await setting.write(bucket, desired, await setting.observe(bucket));
        const declaration = setting.declare(await setting.observe(bucket), settingContextWith());
        expect([name]).toEqual(expect.arrayContaining(Object.keys(declaration.spec ?? {})));
        const again = desiredAgain(setting, declaration);
        if (again === undefined) return;
        for (let read = 0; read < READS; read += 1) {
          expect(setting.diff(again, await setting.observe(bucket))).toEqual([]);
        }
      }),
    );
  });

  test("what is declared of a bucket, and nothing was left unsaid of, makes the same bucket anew", async () => {
    let tried = 0;
    await fc.assert(
      fc.asyncProperty(desiredAt, fc.integer(), async (desired, seed) => {
        const { bucket } = rewritingS3(randomFrom(seed));
        await setting.write(bucket, desired, await setting.observe(bucket));
        const declaration = setting.declare(await setting.observe(bucket), settingContextWith());
        if (declaration.unsaid?.some((unsaid) => !NOT_LOST.test(unsaid))) return;
        tried += 1;
        const anew = await newBucket(setting, seed);
        const again = desiredAgain(setting, declaration);
        if (again !== undefined) await setting.write(anew, again, await setting.observe(anew));
        const changes = setting.diff(desired, await setting.observe(anew));
        expect(changes.filter(({ path }) => !NOT_EXPORTED.test(path))).toEqual([]);
      }),
    );
    expect(tried).toBeGreaterThan(0);
  });

  test("once reset, there is nothing left to reset", async () => {
    await fc.assert(
      fc.asyncProperty(desiredAt, fc.integer(), async (desired, seed) => {
        const { bucket } = rewritingS3(randomFrom(seed));
        await setting.write(bucket, desired, await setting.observe(bucket));
        const written = await setting.observe(bucket);
        const context = afterwards(setting, desired, written);
        const reset = setting.reset(written, context);
        if (reset !== undefined) await setting.write(bucket, reset, written);
        expect(setting.reset(await setting.observe(bucket), context)).toBeUndefined();
      }),
    );
  });
});
