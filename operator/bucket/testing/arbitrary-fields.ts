import fc from "fast-check";
import type { CorsRule, LifecycleFilter, LifecycleRule, PolicyStatement, S3BucketSpec } from "../../api/types.ts";
import { ARBITRARY_SETTINGS, optional, some, word } from "./arbitrary-settings.ts";

/** Arbitrary values of every setting in a spec. */

const days = fc.integer({ min: 1, max: 4_000 });
const date = fc
  .integer({ min: 20_000, max: 40_000 })
  .map((day) => `${new Date(day * 86_400_000).toISOString().slice(0, 10)}T00:00:00Z`);

const storageClass = fc.constantFrom("STANDARD_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE");

function oneOfEachClass<T extends { storageClass: string }>(transition: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc.uniqueArray(transition, { minLength: 1, maxLength: 5, selector: ({ storageClass }) => storageClass });
}

const prefix = fc.constantFrom("", "raw/", "raw");
const tag = fc.dictionary(word, word, { minKeys: 1, maxKeys: 1 });
const objectSizeGreaterThan = fc.nat(2);
const objectSizeLessThan = fc.integer({ min: 3, max: 9 });
const filter = fc.oneof(
  fc.record({ prefix }),
  fc.record({ tags: tag }),
  fc.record({ objectSizeGreaterThan }),
  fc.record({ objectSizeLessThan }),
  optional<LifecycleFilter>({
    prefix,
    tags: fc.dictionary(word, word, { minKeys: 1, maxKeys: 3 }),
    objectSizeGreaterThan,
    objectSizeLessThan,
  }),
);

const lifecycleRule = optional<LifecycleRule>(
  {
    id: word,
    status: fc.constantFrom("Enabled", "Disabled"),
    filter,
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

export const tags = fc.dictionary(fc.stringMatching(/^[a-z]{1,2}$/), word, { maxKeys: 6 });

/** Each setting by itself: all at once would be slow, and settings are independent. */
export const FIELDS = {
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
      { sseAlgorithm: fc.constantFrom("AES256", "aws:kms:dsse"), blockedEncryptionTypes },
      { requiredKeys: ["sseAlgorithm"] },
    ),
    fc.record(
      { sseAlgorithm: fc.constant("aws:kms"), bucketKeyEnabled: fc.boolean(), blockedEncryptionTypes },
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
  // S3 requires unique ids.
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
