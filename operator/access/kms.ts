import { dnsSuffix } from "../aws/arn.ts";
import type { Statement } from "../bucket/policy/document.ts";
import type { Reach } from "./grants.ts";
import { type AccessBucket, type AccessEncryption, type EncryptionContext, oneOrMany } from "./model.ts";
import { objectArnPattern, withoutCovered } from "./prefix.ts";

/**
 * What S3 does with the key in the caller's name: to read, Decrypt; to write, GenerateDataKey, and Decrypt for uploads in parts. Only through S3 in
 * the bucket's region, and only for the objects of the grants, as far as the encryption context tells them apart.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
 */
export function keyStatements(
  { Read, Write }: Reach,
  bucket: Pick<AccessBucket, "arn" | "region">,
  { kmsKeyArn, contexts }: AccessEncryption,
): Statement[] {
  const allow = (actions: string[], arns: readonly string[]): Statement => ({
    Effect: "Allow",
    Action: oneOrMany(actions),
    Resource: kmsKeyArn,
    Condition: {
      StringEquals: { "kms:ViaService": `s3.${bucket.region}.${dnsSuffix(bucket.region)}` },
      StringLike: { "kms:EncryptionContext:aws:s3:arn": oneOrMany(arns) },
    },
  });
  const write = contextArns(Write, bucket.arn, contexts);
  const read = contextArns(withoutCovered([...Read, ...Write]), bucket.arn, contexts).filter(
    (arn) => !write.includes(arn),
  );
  return [
    ...(write.length > 0 ? [allow(["kms:Decrypt", "kms:GenerateDataKey"], write)] : []),
    ...(read.length > 0 ? [allow(["kms:Decrypt"], read)] : []),
  ];
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
