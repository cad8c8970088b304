/** S3Bucket: names, places, encryption, tags. */

import { accepted, refused, type Row } from "./table.ts";

const ARN = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const KMS = "spec.encryption.kmsKey";
const OPEN = { blockPublicAcls: true, ignorePublicAcls: true, blockPublicPolicy: false, restrictPublicBuckets: true };

const tags = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`key-${index}`, "value"]));

export const BUCKET_ROWS: Row[] = [
  accepted("an empty spec", {}),
  { name: "a name of 63 characters", objectName: "n".repeat(63), spec: {} },
  { name: "a name of 64 characters", objectName: "n".repeat(64), spec: {}, refusedAt: "" },
  accepted("every scalar", {
    accountRef: { name: "prod" },
    bucketName: "acme-prod-docs",
    region: "eu-central-1",
    mode: "Observe",
    adoptionPolicy: "Adopt",
    baseline: "None",
    deletionPolicy: "DeleteIfEmpty",
    publicAccessBlock: OPEN,
    objectOwnership: "BucketOwnerPreferred",
    versioning: "Suspended",
  }),
  refused("mode unknown", "spec.mode", { mode: "DryRun" }),
  refused("deletionPolicy unknown", "spec.deletionPolicy", { deletionPolicy: "Delete" }),
  accepted("deletionPolicy with the contents", { deletionPolicy: "DeleteWithContents" }),
  accepted("publicAccessBlock in part", { publicAccessBlock: { blockPublicAcls: true, blockPublicPolicy: true } }),
  refused("publicAccessBlock empty", "spec.publicAccessBlock", { publicAccessBlock: {} }),
  refused("accountRef as a path", "spec.accountRef.name", { accountRef: { name: "../secrets" } }),
  refused("accountRef without name", "spec.accountRef.name", { accountRef: {} }),

  accepted("bucketName of 3 characters", { bucketName: "a1b" }),
  accepted("bucketName of 63 characters with dots", { bucketName: `${"a".repeat(31)}.${"b".repeat(31)}` }),
  accepted("bucketName of four numbers and a letter", { bucketName: "1.2.3.4a" }),
  refused("bucketName of 2 characters", "spec.bucketName", { bucketName: "ab" }),
  refused("bucketName of 64 characters", "spec.bucketName", { bucketName: "a".repeat(64) }),
  refused("bucketName with capitals", "spec.bucketName", { bucketName: "Acme-docs" }),
  refused("bucketName with underscore", "spec.bucketName", { bucketName: "acme_docs" }),
  refused("bucketName ending in a hyphen", "spec.bucketName", { bucketName: "acme-" }),
  refused("bucketName on two lines", "spec.bucketName", { bucketName: "acme\ndocs" }),
  refused("bucketName with a line feed at its end", "spec.bucketName", { bucketName: "acme-docs\n" }),
  refused("bucketName with adjacent periods", "spec.bucketName", { bucketName: "acme..docs" }),
  refused("bucketName like an IP address", "spec.bucketName", { bucketName: "192.168.5.4" }),
  ...["xn--acme", "sthree-acme", "amzn-s3-demo-bucket"].map((bucketName) =>
    refused(`bucketName ${bucketName}`, "spec.bucketName", { bucketName }),
  ),
  ...["acme-s3alias", "acme--ol-s3", "acme.mrap", "acme--use1-az4--x-s3", "acme--table-s3"].map((bucketName) =>
    refused(`bucketName ${bucketName}`, "spec.bucketName", { bucketName }),
  ),
  accepted("bucketName of an account regional namespace", { bucketName: "acme-111122223333-eu-central-1-an" }),
  ...["us-east-1", "us-gov-west-1", "cn-northwest-1", "eusc-de-east-1", "us-isob-east-1", "mx-central-1"].map(
    (region) => accepted(`region ${region}`, { region }),
  ),
  ...["EU", "eu-central-1a", "eu-central-1.evil.example"].map((region) =>
    refused(`region ${region}`, "spec.region", { region }),
  ),

  accepted("encryption by S3", { encryption: { sseAlgorithm: "AES256", bucketKeyEnabled: false } }),
  accepted("encryption by key ARN", {
    encryption: { sseAlgorithm: "aws:kms", kmsKey: { arn: ARN }, bucketKeyEnabled: true },
  }),
  accepted("encryption by multi-Region key in another partition", {
    encryption: {
      sseAlgorithm: "aws:kms:dsse",
      kmsKey: { arn: `arn:aws-cn:kms:cn-north-1:111122223333:key/mrk-${"0".repeat(32)}` },
    },
  }),
  accepted("encryption by alias", { encryption: { sseAlgorithm: "aws:kms", kmsKey: { alias: "alias/team/docs" } } }),
  accepted("encryption by the AWS managed key", { encryption: { sseAlgorithm: "aws:kms" } }),
  accepted("SSE-C blocked, nothing else", { encryption: { blockedEncryptionTypes: ["SSE-C"] } }),
  accepted("no type blocked", { encryption: { blockedEncryptionTypes: ["NONE"] } }),
  accepted("key in the bucket's region", {
    region: "eu-central-1",
    encryption: { sseAlgorithm: "aws:kms", kmsKey: { arn: ARN } },
  }),
  refused("encryption empty", "spec.encryption", { encryption: {} }),
  refused("encryption unknown", "spec.encryption.sseAlgorithm", { encryption: { sseAlgorithm: "aws:fsx" } }),
  refused("KMS key for AES256", KMS, { encryption: { sseAlgorithm: "AES256", kmsKey: { arn: ARN } } }),
  refused("KMS key without algorithm", KMS, {
    encryption: { blockedEncryptionTypes: ["SSE-C"], kmsKey: { arn: ARN } },
  }),
  refused("KMS key by ARN and alias", KMS, {
    encryption: { sseAlgorithm: "aws:kms", kmsKey: { arn: ARN, alias: "alias/docs" } },
  }),
  refused("KMS key by ARN and managed", KMS, {
    encryption: { sseAlgorithm: "aws:kms", kmsKey: { arn: ARN, managed: {} } },
  }),
  refused("managed key for AES256", KMS, { encryption: { sseAlgorithm: "AES256", kmsKey: { managed: {} } } }),
  accepted("managed key", { encryption: { sseAlgorithm: "aws:kms", kmsKey: { managed: {} } } }),
  accepted("managed key with all it can have, at the lower bounds", {
    encryption: {
      sseAlgorithm: "aws:kms:dsse",
      kmsKey: { managed: { alias: "alias/team/docs", rotationPeriodInDays: 90, deletionWindowInDays: 7 } },
    },
  }),
  accepted("managed key at the upper bounds", {
    encryption: {
      sseAlgorithm: "aws:kms",
      kmsKey: {
        managed: { alias: `alias/${"a".repeat(250)}`, rotationPeriodInDays: 2560, deletionWindowInDays: 30 },
      },
    },
  }),
  ...["docs", "alias/", "alias/a.b", "alias/a b", "alias/aws/s3", "alias/a\n", `alias/${"a".repeat(251)}`].map(
    (alias) =>
      refused(`managed key with alias ${JSON.stringify(alias)}`, `${KMS}.managed.alias`, {
        encryption: { sseAlgorithm: "aws:kms", kmsKey: { managed: { alias } } },
      }),
  ),
  ...[89, 2561].map((rotationPeriodInDays) =>
    refused(`managed key rotated every ${rotationPeriodInDays} days`, `${KMS}.managed.rotationPeriodInDays`, {
      encryption: { sseAlgorithm: "aws:kms", kmsKey: { managed: { rotationPeriodInDays } } },
    }),
  ),
  ...[6, 31].map((deletionWindowInDays) =>
    refused(`managed key to be deleted after ${deletionWindowInDays} days`, `${KMS}.managed.deletionWindowInDays`, {
      encryption: { sseAlgorithm: "aws:kms", kmsKey: { managed: { deletionWindowInDays } } },
    }),
  ),
  refused("KMS key by neither", KMS, { encryption: { sseAlgorithm: "aws:kms", kmsKey: {} } }),
  refused("KMS key id for ARN", `${KMS}.arn`, {
    encryption: { sseAlgorithm: "aws:kms", kmsKey: { arn: "1234abcd-12ab-34cd-56ef-1234567890ab" } },
  }),
  refused("alias ARN for key ARN", `${KMS}.arn`, {
    encryption: { sseAlgorithm: "aws:kms", kmsKey: { arn: "arn:aws:kms:eu-central-1:111122223333:alias/docs" } },
  }),
  refused("alias without alias/", `${KMS}.alias`, {
    encryption: { sseAlgorithm: "aws:kms", kmsKey: { alias: "docs" } },
  }),
  refused("key in another region", "spec.encryption.kmsKey.arn", {
    region: "us-east-1",
    encryption: { sseAlgorithm: "aws:kms", kmsKey: { arn: ARN } },
  }),
  accepted("bucket key with AES256", { encryption: { sseAlgorithm: "AES256", bucketKeyEnabled: true } }),
  refused("bucket key with aws:kms:dsse", "spec.encryption.bucketKeyEnabled", {
    encryption: { sseAlgorithm: "aws:kms:dsse", bucketKeyEnabled: true },
  }),
  refused("bucket key without algorithm", "spec.encryption.bucketKeyEnabled", {
    encryption: { blockedEncryptionTypes: ["SSE-C"], bucketKeyEnabled: true },
  }),
  refused("NONE and SSE-C blocked", "spec.encryption.blockedEncryptionTypes", {
    encryption: { blockedEncryptionTypes: ["NONE", "SSE-C"] },
  }),
  refused("SSE-C blocked twice", "spec.encryption.blockedEncryptionTypes[1]", {
    encryption: { blockedEncryptionTypes: ["SSE-C", "SSE-C"] },
  }),

  accepted("35 tags", { tags: tags(35) }),
  accepted("tags in any script", { tags: { "größe/Größe": "δέλτα + _.:/=+-@ 漢字", empty: "", awsome: "aws:ok" } }),
  accepted("tag key of 128 and value of 256 characters", { tags: { ["ü".repeat(128)]: "ü".repeat(256) } }),
  refused("36 tags", "spec.tags", { tags: tags(36) }),
  refused("tag key empty", "spec.tags", { tags: { "": "x" } }),
  refused("tag key of 129 characters", "spec.tags", { tags: { ["k".repeat(129)]: "x" } }),
  refused("tag key with a comma", "spec.tags", { tags: { "a,b": "x" } }),
  refused("tag key of AWS", "spec.tags", { tags: { "aws:cloudformation:stack-name": "x" } }),
  refused("tag key of AWS in capitals", "spec.tags", { tags: { "AWS:x": "x" } }),
  refused("tag key of the operator", "spec.tags", { tags: { "s3-operator.io/owner": "me" } }),
  refused("tag value with a line feed", "spec.tags[a]", { tags: { a: "x\ny" } }),
  refused("tag value of 257 characters", "spec.tags.a", { tags: { a: "x".repeat(257) } }),
  refused("tag value a number", "spec.tags.a", { tags: { a: 1 } }),
];

const NAMED = { bucketName: "acme-docs", region: "eu-central-1", accountRef: { name: "prod" } };

export const BUCKET_EDITS: Row[] = [
  { name: "edit: nothing", before: NAMED, spec: NAMED },
  { name: "edit: another field", before: NAMED, spec: { ...NAMED, versioning: "Enabled" } },
  ...Object.entries({ bucketName: "acme-other", region: "us-east-1", accountRef: { name: "test" } }).flatMap(
    ([field, other]) => {
      const without = Object.fromEntries(Object.entries(NAMED).filter(([name]) => name !== field));
      const refusedAt = `spec.${field}`;
      return [
        { name: `edit: ${field} changed`, before: NAMED, spec: { ...NAMED, [field]: other }, refusedAt },
        { name: `edit: ${field} removed`, before: NAMED, spec: without, refusedAt },
        { name: `edit: ${field} added`, before: without, spec: NAMED, refusedAt },
      ];
    },
  ),
];
