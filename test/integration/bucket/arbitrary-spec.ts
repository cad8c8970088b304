import fc from "fast-check";
import type {
  CorsRule,
  LifecycleFilter,
  LifecycleRule,
  Policy,
  PolicyStatement,
  Principals,
  S3BucketSpec,
} from "../../../operator/api/types.ts";

/** Resources that must exist at AWS because a spec may name them. */
export interface Named {
  kmsKeyArn: string;
  accountId: string;
  roleArns: string[];
  /** Unique IDs of these roles. */
  roleIds: string[];
}

const ORIGIN_ACCESS_IDENTITY = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity EH1HDMB1FH2TC";

/**
 * Specs that the API server and AWS both accept, over all eight settings, each present or not. Values are close to each
 * other on purpose: the same value twice, in another order, letter case or form.
 */
export function arbitrarySpec(named: Named): fc.Arbitrary<S3BucketSpec> {
  return optional<S3BucketSpec>({
    publicAccessBlock: fc
      .record(
        {
          blockPublicAcls: fc.boolean(),
          ignorePublicAcls: fc.boolean(),
          blockPublicPolicy: fc.boolean(),
          restrictPublicBuckets: fc.boolean(),
        },
        { requiredKeys: [] },
      )
      .filter((switches) => Object.keys(switches).length > 0),
    objectOwnership: fc.constantFrom("BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"),
    encryption: encryption(named),
    versioning: fc.constantFrom("Enabled", "Suspended"),
    lifecycle: optional<NonNullable<S3BucketSpec["lifecycle"]>>(
      {
        transitionDefaultMinimumObjectSize: fc.constantFrom("all_storage_classes_128K", "varies_by_storage_class"),
        rules: fc.uniqueArray(lifecycleRule, { minLength: 1, maxLength: 4, selector: ({ id }) => id }),
      },
      ["rules"],
    ),
    // A rule without an ID repeats no ID.
    cors: fc.record({
      rules: fc.uniqueArray(corsRule, { minLength: 1, maxLength: 4, selector: ({ id }) => id ?? Symbol("none") }),
    }),
    policy: policy(named),
    tags: fc.dictionary(
      fc.stringMatching(/^[a-zA-Zä][a-z :/=+@-]{0,3}[a-z]$/),
      fc.stringMatching(/^[\w é.:/=+@-]{0,9}$/),
      {
        maxKeys: 6,
      },
    ),
  });
}

/** Leaves a field out instead of setting it to undefined. */
function optional<T>(
  fields: { [Field in keyof T]?: fc.Arbitrary<T[Field]> },
  requiredKeys: (keyof T & string)[] = [],
): fc.Arbitrary<T> {
  const model = fields as Record<string, fc.Arbitrary<unknown>>;
  return fc.record(model, { requiredKeys }) as fc.Arbitrary<unknown> as fc.Arbitrary<T>;
}

function some<T>(items: readonly T[]): fc.Arbitrary<T[]> {
  return fc.shuffledSubarray([...items], { minLength: 1 });
}

function encryption({ kmsKeyArn }: Named): fc.Arbitrary<NonNullable<S3BucketSpec["encryption"]>> {
  const blockedEncryptionTypes = fc.constantFrom<("SSE-C" | "NONE")[]>(["SSE-C"], ["NONE"]);
  const kmsKey = fc.constant({ arn: kmsKeyArn });
  const of = (sseAlgorithm: "AES256" | "aws:kms" | "aws:kms:dsse", more: object) =>
    optional<NonNullable<S3BucketSpec["encryption"]>>(
      { sseAlgorithm: fc.constant(sseAlgorithm), blockedEncryptionTypes, ...more },
      ["sseAlgorithm"],
    );
  return fc.oneof(
    of("AES256", { bucketKeyEnabled: fc.boolean() }),
    of("aws:kms", { kmsKey, bucketKeyEnabled: fc.boolean() }),
    of("aws:kms:dsse", { kmsKey }),
    fc.record({ blockedEncryptionTypes }),
  );
}

/** Storage classes in the order in which objects can move. */
const CLASSES = ["STANDARD_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"] as const;
/** The most days that S3 requires between two transitions. */
const GAP = 30;

const prefix = fc.constantFrom("", "raw/", "raw", "a&b <c>/");
const lifecycleFilter = fc.oneof(
  // The most common form, and the one that S3 rewrites in the most ways.
  fc.record({ prefix }),
  optional<LifecycleFilter>({
    prefix,
    tags: fc.dictionary(fc.constantFrom("k", "K", "tier"), fc.constantFrom("", "v"), { minKeys: 1 }),
    objectSizeGreaterThan: fc.constantFrom(0, 1, 131_072),
    objectSizeLessThan: fc.constantFrom(131_073, 5_000_000_000),
  }),
);

const lifecycleRule: fc.Arbitrary<LifecycleRule> = fc
  .record({
    id: fc.constantFrom("a", "A", "b", "rule 1", "rule/2", "ü"),
    status: fc.constantFrom("Enabled" as const, "Disabled" as const),
    filter: fc.option(lifecycleFilter, { nil: undefined }),
    classes: fc.subarray([...CLASSES]),
    byDate: fc.boolean(),
    first: fc.integer({ min: GAP, max: 400 }),
    expires: fc.constantFrom("later" as const, "marker" as const, undefined),
    noncurrentClasses: fc.subarray([...CLASSES]),
    newerNoncurrentVersions: fc.option(fc.integer({ min: 1, max: 100 }), { nil: undefined }),
    noncurrentExpires: fc.boolean(),
    aborts: fc.boolean(),
  })
  .map((choice) => toRule(choice));

interface Choice {
  id: string;
  status: "Enabled" | "Disabled";
  filter: LifecycleFilter | undefined;
  classes: (typeof CLASSES)[number][];
  byDate: boolean;
  first: number;
  expires: "later" | "marker" | undefined;
  noncurrentClasses: (typeof CLASSES)[number][];
  newerNoncurrentVersions: number | undefined;
  noncurrentExpires: boolean;
  aborts: boolean;
}

function toRule(choice: Choice): LifecycleRule {
  const { id, status, filter, classes, byDate, first, noncurrentClasses, newerNoncurrentVersions } = choice;
  const at = (index: number) => first + index * GAP;
  const when = (index: number) => (byDate ? { date: midnight(at(index)) } : { days: at(index) });
  const hasOtherFilter = [filter?.tags, filter?.objectSizeGreaterThan, filter?.objectSizeLessThan].some(
    (f) => f !== undefined,
  );
  const newer = newerNoncurrentVersions === undefined ? {} : { newerNoncurrentVersions };
  const actions: Partial<LifecycleRule> = {
    ...(classes.length > 0 && {
      transitions: classes.map((storageClass, index) => ({ ...when(index), storageClass })),
    }),
    ...(choice.expires === "later" && { expiration: when(classes.length) }),
    ...(choice.expires === "marker" && !hasOtherFilter && { expiration: { expiredObjectDeleteMarker: true } }),
    ...(noncurrentClasses.length > 0 && {
      noncurrentVersionTransitions: noncurrentClasses.map((storageClass, index) => ({
        noncurrentDays: at(index),
        storageClass,
        ...newer,
      })),
    }),
    ...(choice.noncurrentExpires && {
      noncurrentVersionExpiration: { noncurrentDays: at(noncurrentClasses.length), ...newer },
    }),
    ...(choice.aborts && !hasOtherFilter && { abortIncompleteMultipartUpload: { daysAfterInitiation: first } }),
  };
  const enough = Object.keys(actions).length > 0 ? actions : { expiration: when(0) };
  return { id, status, ...(filter && { filter }), ...enough };
}

function midnight(day: number): string {
  const form = ["T00:00:00Z", "T00:00:00.000Z", "T00:00:00+00:00"][day % 3];
  return `${new Date((20_000 + day) * 86_400_000).toISOString().slice(0, 10)}${form}`;
}

const corsRule = optional<CorsRule>(
  {
    id: fc.constantFrom("web", "WEB", "other"),
    allowedOrigins: some(["*", "https://a.example", "https://*.b.example"]),
    allowedMethods: some(["GET", "PUT", "POST", "DELETE", "HEAD"] as const),
    allowedHeaders: some(["*", "Content-Type", "content-type", "X-Amz-*"]),
    exposeHeaders: some(["ETag", "x-amz-version-id"]),
    maxAgeSeconds: fc.constantFrom(0, 3_000),
  },
  ["allowedOrigins", "allowedMethods"],
);

function policy(named: Named): fc.Arbitrary<Policy> {
  return optional<Policy>({
    minimumTLSVersion: fc.constantFrom("1.2", "1.3", "None"),
    cloudFrontDistributions: some(["A", "B1"].map((id) => `arn:aws:cloudfront::111122223333:distribution/${id}`)),
    statements: fc.uniqueArray(statement(named), { maxLength: 3, selector: ({ sid }) => sid }),
    unmanagedStatements: fc.constantFrom("Keep", "Remove"),
  });
}

/** Grants access to no public principal, so that Block Public Access does not refuse it. */
function statement({ accountId, roleArns, roleIds }: Named): fc.Arbitrary<PolicyStatement> {
  const known = fc.oneof(
    fc.record({ aws: some([accountId, `arn:aws:iam::${accountId}:root`, ...roleArns]) }),
    fc.record({ service: some(["logging.s3.amazonaws.com", "cloudtrail.amazonaws.com"]) }),
    fc.record({ aws: some(roleArns), service: some(["cloudtrail.amazonaws.com"]) }),
    fc.record({ aws: some([ORIGIN_ACCESS_IDENTITY, ...roleIds]) }),
    fc.record({ canonicalUser: some([accountId.padStart(64, "0"), "0a".repeat(48)]), aws: some(roleArns) }),
  );
  const anyPrincipal: fc.Arbitrary<Principals> = fc.constant({ aws: ["*"] });
  const whom: fc.Arbitrary<Pick<PolicyStatement, "effect" | "principals" | "notPrincipals">> = fc.oneof(
    fc.record({ effect: fc.constant("Allow" as const), principals: known }),
    fc.record({ effect: fc.constant("Deny" as const), principals: fc.oneof(known, anyPrincipal) }),
    fc.record({ effect: fc.constant("Deny" as const), notPrincipals: known }),
  );
  const what: fc.Arbitrary<Pick<PolicyStatement, "actions" | "notActions" | "resources">> = fc.oneof(
    fc.record({ actions: some(["s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:GetObject*"]) }),
    fc.record({ notActions: some(["s3:DeleteObject", "s3:PutObject"]) }),
    fc.record({
      actions: some(["s3:GetObject", "s3:PutObject"]),
      resources: some(["{bucket}/raw/*", "{bucket}/a b/*"]),
    }),
    fc.record({ actions: fc.constant<string[]>(["s3:ListBucket"]), resources: fc.constant<string[]>(["{bucket}"]) }),
  );
  const condition = fc.record({
    operator: fc.constantFrom("StringEquals", "StringLike", "ForAnyValue:StringEquals"),
    key: fc.constantFrom("aws:SourceArn", "s3:prefix", "aws:PrincipalTag/Team"),
    values: some(["x", "y", "X"]),
  });
  const conditions = fc.uniqueArray(condition, { maxLength: 3, selector: ({ operator, key }) => `${operator} ${key}` });
  return fc.tuple(fc.constantFrom("A", "B", "C 1.0", "a"), whom, what, conditions).map(([sid, who, which, list]) => {
    const conditions = list.length === 0 && mayLockOut(who.effect, which) ? [SPARING] : list;
    return { sid, ...who, ...which, ...(conditions.length > 0 && { conditions }) };
  });
}

const SPARING = { operator: "StringNotEquals", key: "aws:PrincipalTag/Team", values: ["platform"] };

/** The operator refuses a statement that denies it an action it needs, where no condition depends on the request. */
function mayLockOut(
  effect: PolicyStatement["effect"],
  { actions, notActions }: Pick<PolicyStatement, "actions" | "notActions">,
): boolean {
  return effect === "Deny" && (notActions !== undefined || actions?.includes("s3:ListBucket") === true);
}
