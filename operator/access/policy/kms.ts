import { dnsSuffix } from "../../aws/arn.ts";
import type { Statement } from "../../aws/policy/document.ts";
import { prefixesWith, type Reach } from "./grants.ts";
import { oneOrMany, type AccessBucket, type AccessEncryption, type EncryptionContext } from "./model.ts";
import { objectArnPattern, withoutCovered } from "./prefix.ts";

/** Statements on all keys of the bucket: those that encrypt new objects, and those that encrypted older ones. */
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
 * Allows the KMS actions that S3 calls for the caller; a multipart upload also needs Decrypt. Restricted to calls
 * through S3 in the bucket's region, and to the objects of the grants as far as the encryption context identifies them.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
 */
export function keyStatements(
  reach: Reach,
  bucket: Pick<AccessBucket, "arn" | "region">,
  encryptions: readonly AccessEncryption[],
): Statement[] {
  const encrypted = prefixesWith(reach, "kms:GenerateDataKey");
  const decrypted = withoutCovered([...prefixesWith(reach, "kms:Decrypt"), ...encrypted]);
  return byContexts(encryptions).flatMap(({ keys, contexts }) => {
    const allow = (actions: string[], arns: readonly string[]) => allowOnKeys(keys, actions, bucket, arns);
    const write = contextArns(encrypted, bucket.arn, contexts);
    const read = contextArns(decrypted, bucket.arn, contexts).filter((arn) => !write.includes(arn));
    return [
      ...(write.length > 0 ? [allow(["kms:Decrypt", "kms:GenerateDataKey"], write)] : []),
      ...(read.length > 0 ? [allow(["kms:Decrypt"], read)] : []),
    ];
  });
}

/** Statements to read objects under former keys of the bucket, which encrypt no new objects. */
export function formerKeyStatements(
  reach: Reach,
  bucket: Pick<AccessBucket, "arn" | "region">,
  formerEncryptions: readonly AccessEncryption[],
): Statement[] {
  const decrypted = prefixesWith(reach, "kms:Decrypt");
  if (decrypted.length === 0) return [];
  return byContexts(formerEncryptions).map(({ keys, contexts }) =>
    allowOnKeys(keys, ["kms:Decrypt"], bucket, contextArns(decrypted, bucket.arn, contexts)),
  );
}

/** Each key once, with all of its contexts, in the order of the first mention. */
export function byKey(encryptions: readonly AccessEncryption[]): AccessEncryption[] {
  return [...Map.groupBy(encryptions, ({ kmsKeyArn }) => kmsKeyArn)].map(([kmsKeyArn, same]) => ({
    kmsKeyArn,
    contexts: [...new Set(same.flatMap(({ contexts }) => contexts))].sort(),
    ...(same.some(({ inUse }) => inUse === true) && { inUse: true as const }),
  }));
}

/** Groups keys with the same contexts, which need one statement together. */
function byContexts(
  encryptions: readonly AccessEncryption[],
): { keys: string[]; contexts: readonly EncryptionContext[] }[] {
  const groups = Map.groupBy(encryptions, ({ contexts }) => contexts.join());
  return [...groups.values()].map((alike) => ({
    keys: alike.map(({ kmsKeyArn }) => kmsKeyArn),
    contexts: alike[0]?.contexts ?? [],
  }));
}

/** Condition key for the ARN of the bucket or object in the encryption context. */
export const ENCRYPTION_CONTEXT = "kms:EncryptionContext:aws:s3:arn";

export function allowOnKeys(
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
      StringLike: { [ENCRYPTION_CONTEXT]: oneOrMany(arns) },
    },
  };
}

/** Values of `aws:s3:arn` in the encryption context, as patterns. */
function contextArns(prefixes: readonly string[], bucketArn: string, contexts: readonly EncryptionContext[]): string[] {
  if (prefixes.length === 0) return [];
  return [
    ...(contexts.includes("Bucket") ? [bucketArn] : []),
    ...(contexts.includes("Object") ? prefixes.map((prefix) => objectArnPattern(bucketArn, prefix)) : []),
  ];
}

/** The encryption contexts of new objects: that of the bucket's setting, or both if it is unknown. */
export function encryptionContexts(bucketKeyEnabled: boolean | undefined): EncryptionContext[] {
  return [
    ...(bucketKeyEnabled !== false ? ["Bucket" as const] : []),
    ...(bucketKeyEnabled !== true ? ["Object" as const] : []),
  ];
}

/** The CRD's bound of `status.formerKeys`. Each key takes space in the role's policy. */
const MAX_FORMER_KEYS = 5;

/**
 * The known keys without the bucket's current one. `inUse`: ARN of the key with which S3 still encrypts new objects.
 */
export function formerEncryptions(
  known: readonly AccessEncryption[],
  current: string | undefined,
  inUse?: string,
): AccessEncryption[] {
  return known
    .filter(({ kmsKeyArn, contexts }) => kmsKeyArn !== current && contexts.length > 0)
    .slice(0, MAX_FORMER_KEYS)
    .map((former) => (former.kmsKeyArn === inUse ? { ...former, inUse: true } : former));
}
