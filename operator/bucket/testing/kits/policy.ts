import fc from "fast-check";
import type { PolicyStatement } from "../../../api/types.ts";
import { keepOrRemove, optional, some, word } from "../arbitrary.ts";
import { defineKit } from "../kit.ts";
import { OPAQUE_NAMES, withKnownNames } from "../known-principals.ts";
import type { Random } from "../random.ts";
import { withUnknown, type Document } from "../rewriting-store.ts";

const canonicalUser = fc.constantFrom(OPAQUE_NAMES.account, OPAQUE_NAMES.identity);
const principals = fc.oneof(
  fc.record({
    aws: fc.oneof(
      fc.constant<string[]>(["*"]),
      some(fc.constantFrom("111122223333", "444455556666", "arn:aws:iam::111122223333:role/r")),
    ),
  }),
  fc.record(
    { aws: some(fc.constantFrom(OPAQUE_NAMES.role, "111122223333")), canonicalUser: some(canonicalUser, 2) },
    { requiredKeys: ["canonicalUser"] },
  ),
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

export const kit = defineKit<"policy">({
  arbitrary: fc.record(
    {
      minimumTLSVersion: fc.constantFrom("1.2", "1.3", "None"),
      cloudFrontDistributions: some(
        fc.constantFrom(
          "arn:aws:cloudfront::111122223333:distribution/A",
          "arn:aws:cloudfront::111122223333:distribution/B",
        ),
      ),
      statements: fc.uniqueArray(statement, { maxLength: 3, selector: ({ sid }) => sid }),
      unmanagedStatements: keepOrRemove,
    },
    { requiredKeys: [] },
  ),
  routes: (store, random) => ({
    PutBucketPolicyCommand: (input) => store.keep("policy", JSON.parse(input.Policy as string) as Document),
    DeleteBucketPolicyCommand: () => store.remove("policy"),
    GetBucketPolicyCommand: () => {
      const document = rewrittenPolicy(store.read("policy", "NoSuchBucketPolicy"), random);
      return withUnknown({ Policy: JSON.stringify(document) }, random);
    },
  }),
  field: "policy",
  value: () => ({ minimumTLSVersion: "1.3" }),
  other: () => ({ cloudFrontDistributions: ["arn:aws:cloudfront::111122223333:distribution/E1A2B3C4D5E6F7"] }),
});

/**
 * Shuffles every list, and replaces some lists of one item by the item. Account ids become root ARNs; canonical user
 * IDs and unique IDs become ARNs.
 */
function rewrittenPolicy(document: Document, random: Random): Document {
  const { Statement, ...rest } = document;
  const statements = random.shuffled(Statement as Document[]).map((statement) => rewritten(statement, random));
  return { ...rest, Statement: statements.length === 1 && random.coin() ? statements[0] : statements };
}

function rewritten(value: unknown, random: Random): unknown {
  if (Array.isArray(value)) {
    const items = random.shuffled<unknown>(value).map((item) => rewritten(item, random));
    return items.length === 1 && random.coin() ? items[0] : items;
  }
  if (typeof value === "string") return /^\d{12}$/.test(value) ? `arn:aws:iam::${value}:root` : value;
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(withKnownNames(value as Document)).map(
    ([key, inner]) => [key, rewritten(inner, random)] as const,
  );
  return Object.fromEntries(random.shuffled(entries));
}
