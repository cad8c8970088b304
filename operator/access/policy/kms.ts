import type { BucketAccessStatus } from "../../api/types.ts";
import { dnsSuffix } from "../../aws/arn.ts";
import type { Statement } from "../../aws/policy/document.ts";
import { prefixesWith, type Reach } from "./grants.ts";
import { type AccessBucket, type AccessEncryption, type EncryptionContext, oneOrMany } from "./model.ts";
import { objectArnPattern, withoutCovered } from "./prefix.ts";

/** With all keys of the bucket: those that S3 encrypts new objects with, and those that older objects are under. */
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
 * What S3 calls at KMS in the caller's name; an upload in parts also needs Decrypt. Allowed only through S3 in the bucket's region, and
 * only for the objects of the grants, as far as the encryption context tells them apart.
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

/** To read what is under keys that the bucket had before; nothing is written with them any more. */
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

/** As few groups, and so statements, as the keys' contexts allow. */
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

/** Values of `aws:s3:arn` in the encryption context, as patterns. */
function contextArns(prefixes: readonly string[], bucketArn: string, contexts: readonly EncryptionContext[]): string[] {
  if (prefixes.length === 0) return [];
  return [
    ...(contexts.includes("Bucket") ? [bucketArn] : []),
    ...(contexts.includes("Object") ? prefixes.map((prefix) => objectArnPattern(bucketArn, prefix)) : []),
  ];
}

/**
 * The contexts that a key must be usable by: the one of the bucket's setting, both where that is not known, and what was `applied` before, since
 * objects keep the context that they were written with.
 * @param applied `status.encryptionContexts`; undefined while there is none
 */
export function encryptionContexts(
  bucketKeyEnabled: boolean | undefined,
  applied: readonly EncryptionContext[] = [],
): EncryptionContext[] {
  const bucket = bucketKeyEnabled !== false || applied.includes("Bucket");
  const object = bucketKeyEnabled !== true || applied.includes("Object");
  return [...(bucket ? ["Bucket" as const] : []), ...(object ? ["Object" as const] : [])];
}

/** As the CRD bounds `status.formerKeys`: each takes room in the role's policy. */
const MAX_FORMER_KEYS = 5;

/** The keys on record, the last one first: those that an access gave, and the bucket may have no more. */
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

/** Those of them that are not the bucket's key now. `inUse`: ARN of the one that S3 still encrypts new objects with. */
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
