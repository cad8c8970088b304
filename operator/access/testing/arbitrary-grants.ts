import fc from "fast-check";
import type { Grant } from "../../api/types.ts";
import type { AccessBucket, EncryptionContext } from "../policy/model.ts";
import { BUCKET, FORMER_KEY_ARN, KEY_ARN } from "./requests.ts";

/** Similar names, and names that IAM, S3 or a file system interprets. */
const SEGMENTS = ["team-a", "team-ab", "team", "a", "b c", "*", "a*", "?", "${aws:username}", "${*}", "$", "..", ""];
const CHARACTERS = ["ü", "ÿ", '"', "\\", "%2F", "+", ":", "{", "}", "'", "&"];

const segment = fc.oneof(fc.constantFrom(...SEGMENTS), fc.constantFrom(...CHARACTERS));

/** Prefixes that the CRD allows. */
export const prefixes: fc.Arbitrary<string> = fc.oneof(
  { weight: 1, arbitrary: fc.constant("*") },
  {
    weight: 9,
    arbitrary: fc
      .tuple(segment, fc.array(segment, { maxLength: 2 }))
      .map(([first, others]) => [first === "" ? "a" : first, ...others, ""].join("/")),
  },
);

export const grantLists: fc.Arbitrary<Grant[]> = fc.uniqueArray(
  fc.record({
    prefix: prefixes,
    permissions: fc.subarray<Grant["permissions"][number]>(["Read", "Write", "Delete", "List"], { minLength: 1 }),
  }),
  { minLength: 1, maxLength: 4, selector: ({ prefix }) => prefix },
);

/** Buckets with and without a KMS key and a former one, each with every set of encryption contexts. */
export const buckets: fc.Arbitrary<AccessBucket> = fc
  .tuple(anyContexts(), anyContexts(), fc.boolean())
  .map(([contexts, former, inUse]) => ({
    ...BUCKET,
    ...(contexts && { encryption: { kmsKeyArn: KEY_ARN, contexts } }),
    formerEncryptions: former
      ? [{ kmsKeyArn: FORMER_KEY_ARN, contexts: former, ...(inUse && { inUse: true as const }) }]
      : [],
  }));

function anyContexts() {
  return fc.constantFrom<EncryptionContext[] | undefined>(undefined, ["Bucket"], ["Object"], ["Bucket", "Object"]);
}

/** Keys below a prefix, next to it, and where its characters would match as wildcards, variables or paths. */
export function keysAround(prefix: string): string[] {
  if (prefix === "*") return ["k", "a/k", "*"];
  const bare = prefix.slice(0, -1);
  const misread = prefix
    .replaceAll("${aws:username}", "user")
    .replaceAll("${*}", "*")
    .replaceAll("*", "zz")
    .replaceAll("?", "z");
  return [
    `${prefix}k`,
    `${prefix}deep/k`,
    prefix,
    bare,
    `${bare}b/k`,
    `${bare}k`,
    `${misread}k`,
    `x${prefix}k`,
    `/${prefix}k`,
    `${prefix.toUpperCase()}k`,
    prefix.slice(0, prefix.lastIndexOf("/", prefix.length - 2) + 1),
    new URL(`${prefix.replaceAll(/[^a-z./-]/g, "_")}k`, "s3://b/").pathname.slice(1),
    "k",
  ];
}
