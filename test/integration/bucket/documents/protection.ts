import fc from "fast-check";
import type { Prerequisites } from "../../support/world/prerequisites.ts";
import { ACCOUNT, days, fields, tags } from "./values.ts";

export const tagDocuments = fc
  .oneof(
    { weight: 3, arbitrary: tags(6) },
    fc
      .uniqueArray(fc.stringMatching(/^[a-z]{2}$/), { minLength: 38, maxLength: 42 })
      .map((keys) => keys.map((Key) => ({ Key, Value: "" }))),
  )
  .map((TagSet) => ({ Tagging: { TagSet } }));

export function encryptionDocuments({ kmsKeyArn }: Prerequisites): fc.Arbitrary<object> {
  const keyId = kmsKeyArn.slice(kmsKeyArn.lastIndexOf("/") + 1);
  const aliasArn = kmsKeyArn.replace(/key\/.*/, "alias/data");
  const byDefault = fields(
    {
      SSEAlgorithm: fc.constantFrom("AES256", "aws:kms", "aws:kms:dsse"),
      KMSMasterKeyID: fc.constantFrom(kmsKeyArn, keyId, aliasArn, "alias/data"),
    },
    ["SSEAlgorithm"],
  );
  const blocked = fc.constantFrom([], ["SSE-C"], ["NONE"]).map((EncryptionType) => ({ EncryptionType }));
  return fields({
    ApplyServerSideEncryptionByDefault: byDefault,
    BucketKeyEnabled: fc.boolean(),
    BlockedEncryptionTypes: blocked,
  }).map((rule) => ({ ServerSideEncryptionConfiguration: { Rules: [rule] } }));
}

export const lockDocuments = fields({
  DefaultRetention: fc.oneof(
    fc.record({ Mode: fc.constantFrom("GOVERNANCE", "COMPLIANCE"), Days: days }),
    fc.record({ Mode: fc.constant("GOVERNANCE"), Years: fc.constantFrom(1, 100) }),
  ),
}).map((Rule) => ({
  ObjectLockConfiguration: { ObjectLockEnabled: "Enabled", ...(Rule["DefaultRetention"] !== undefined && { Rule }) },
}));

/** Statements of another tool, and of an S3Bucket that released the bucket. BUCKET stands for the bucket's ARN. */
export function policyDocuments({ roleArn }: Prerequisites): fc.Arbitrary<object> {
  const statement = fields(
    {
      Sid: fc.constantFrom("Theirs", "S3OperatorSpecShare", "S3OperatorSpec", "S3OperatorDenyInsecureTransport", ""),
      Effect: fc.constantFrom("Allow", "Deny"),
      Principal: fc.constantFrom({ AWS: roleArn }, { Service: "cloudtrail.amazonaws.com" }, { AWS: ACCOUNT }),
      Action: fc.constantFrom("s3:GetObject", ["s3:GetObject*", "s3:PutObject"], "s3:Get*"),
      Resource: fc.constantFrom("BUCKET/*", ["BUCKET", "BUCKET/raw/*"], "BUCKET*", `BUCKET/${"k".repeat(1_000)}*`),
      Condition: fc.constantFrom(
        { StringEquals: { "aws:SourceAccount": ACCOUNT } },
        { Bool: { "aws:SecureTransport": false } },
      ),
    },
    ["Effect", "Principal", "Action", "Resource"],
  );
  return fc.array(statement, { minLength: 1, maxLength: 3 }).map((Statement) => ({
    Policy: JSON.stringify({ Version: "2012-10-17", Statement }),
  }));
}
