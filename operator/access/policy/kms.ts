import type { BucketAccessStatus } from "../../api/types.ts";
import { dnsSuffix } from "../../aws/arn.ts";
import type { Statement } from "../../aws/policy/document.ts";
import type { Reach } from "./grants.ts";
import { type AccessBucket, type AccessEncryption, type EncryptionContext, oneOrMany } from "./model.ts";
import { objectArnPattern, withoutCovered } from "./prefix.ts";

/** Statements for all keys of the bucket: those that S3 uses for new objects, and former keys of older objects. */
export function statementsOnKeys(
  reach: Reach,
  {
    encryption,
    formerEncryptions,
    ...bucket
  }: Pick<AccessBucket, "arn" | "region" | "encryption" | "formerEncryptions">,
): Statement[] {
  const inUse = formerEncryptions.filter((former) => former.inUse === true);
  return [
    ...keyStatements(reach, bucket, [...(encryption ? [encryption] : []), ...inUse]),
    ...formerKeyStatements(
      reach,
      bucket,
      formerEncryptions.filter((former) => former.inUse !== true),
    ),
  ];
}

/**
 * S3 calls KMS with the caller's permissions: Decrypt to read; GenerateDataKey, and Decrypt for multipart uploads, to
 * write. Allowed only through S3 in the bucket's region, and, as far as the encryption context shows it, for granted
 * objects.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
 */
export function keyStatements(
  { Read, Write }: Reach,
  bucket: Pick<AccessBucket, "arn" | "region">,
  encryptions: readonly AccessEncryption[],
): Statement[] {
  return byContexts(encryptions).flatMap(({ keys, contexts }) => {
    const allow = (actions: string[], arns: readonly string[]) => allowOnKeys(keys, actions, bucket, arns);
    const write = contextArns(Write, bucket.arn, contexts);
    const read = contextArns(withoutCovered([...Read, ...Write]), bucket.arn, contexts).filter(
      (arn) => !write.includes(arn),
    );
    return [
      ...(write.length > 0 ? [allow(["kms:Decrypt", "kms:GenerateDataKey"], write)] : []),
      ...(read.length > 0 ? [allow(["kms:Decrypt"], read)] : []),
    ];
  });
}

/** Read-only statements for keys that S3 no longer uses for new objects. */
export function formerKeyStatements(
  { Read }: Reach,
  bucket: Pick<AccessBucket, "arn" | "region">,
  formerEncryptions: readonly AccessEncryption[],
): Statement[] {
  if (Read.length === 0) return [];
  return byContexts(formerEncryptions).map(({ keys, contexts }) =>
    allowOnKeys(keys, ["kms:Decrypt"], bucket, contextArns(Read, bucket.arn, contexts)),
  );
}

/** Groups keys with the same contexts, to need fewer statements. */
function byContexts(
  encryptions: readonly AccessEncryption[],
): { keys: string[]; contexts: readonly EncryptionContext[] }[] {
  const groups = Map.groupBy(encryptions, ({ contexts }) => contexts.join());
  return [...groups.values()].map((alike) => ({
    keys: alike.map(({ kmsKeyArn }) => kmsKeyArn),
    contexts: alike[0]?.contexts ?? [],
  }));
}

function allowOnKeys(
  keys: readonly string[],
  actions: readonly string[],
  { region }: Pick<AccessBucket, "region">,
  arns: readonly string[],
): Statement {
  return {
    Effect: "Allow",
    Action: oneOrMany(actions),
    Resource: oneOrMany(keys),
    Condition: {
      StringEquals: { "kms:ViaService": `s3.${region}.${dnsSuffix(region)}` },
      StringLike: { "kms:EncryptionContext:aws:s3:arn": oneOrMany(arns) },
    },
  };
}

/** Patterns for `aws:s3:arn` in the encryption context. */
function contextArns(prefixes: readonly string[], bucketArn: string, contexts: readonly EncryptionContext[]): string[] {
  if (prefixes.length === 0) return [];
  return [
    ...(contexts.includes("Bucket") ? [bucketArn] : []),
    ...(contexts.includes("Object") ? prefixes.map((prefix) => objectArnPattern(bucketArn, prefix)) : []),
  ];
}

/**
 * The contexts that the statements must allow: that of the bucket's setting, both if it is unknown, and those `applied`
 * before, because objects keep the context that they were written with.
 * @param applied `status.encryptionContexts`
 */
export function encryptionContexts(
  bucketKeyEnabled: boolean | undefined,
  applied: readonly EncryptionContext[] = [],
): EncryptionContext[] {
  const bucket = bucketKeyEnabled !== false || applied.includes("Bucket");
  const object = bucketKeyEnabled !== true || applied.includes("Object");
  return [...(bucket ? ["Bucket" as const] : []), ...(object ? ["Object" as const] : [])];
}

/** The CRD's limit of `status.formerKeys`: each one takes space in the role's policy. */
const MAX_FORMER_KEYS = 5;

/** The keys in the status of a BucketAccess, latest first. The bucket may no longer use them. */
export function recordedEncryptions({
  kmsKeyArn,
  encryptionContexts = [],
  formerKeys = [],
}: BucketAccessStatus): AccessEncryption[] {
  return [...(kmsKeyArn === undefined ? [] : [{ kmsKeyArn, encryptionContexts }]), ...formerKeys].map((each) => ({
    kmsKeyArn: each.kmsKeyArn,
    contexts: each.encryptionContexts,
  }));
}

/** Recorded keys other than the bucket's `current` one. `inUse`: ARN of the key that S3 still uses for new objects. */
export function formerEncryptions(
  recorded: readonly AccessEncryption[],
  current: string | undefined,
  inUse?: string,
): AccessEncryption[] {
  return recorded
    .filter(({ kmsKeyArn, contexts }) => kmsKeyArn !== current && contexts.length > 0)
    .slice(0, MAX_FORMER_KEYS)
    .map((former) => (former.kmsKeyArn === inUse ? { ...former, inUse: true } : former));
}
