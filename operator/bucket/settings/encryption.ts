import {
  GetBucketEncryptionCommand,
  PutBucketEncryptionCommand,
  type EncryptionType,
  type ServerSideEncryption,
  type ServerSideEncryptionRule,
} from "@aws-sdk/client-s3";
import type { S3BucketSpec } from "../../api/types.ts";
import { parseArn } from "../../aws/arn.ts";
import { compare, type Change } from "../../reconcile/change.ts";
import { needsSseS3 } from "../policy/templates/log-delivery.ts";
import { unlessAbsent } from "../subresource.ts";
import { keyAliasAsk, optionalAccountAsk } from "./asks.ts";
import { carryOver } from "./carry-over.ts";
import { defineSetting, type SettingContext } from "./setting.ts";
import { omittedFields, stated, type ExportedSetting } from "./to-spec.ts";

const SSE_ALGORITHM = "spec.encryption.sseAlgorithm";

/** Undefined fields stay as they are. Exception: a KMS algorithm without a key means the account's `aws/s3` key. */
interface Encryption {
  sseAlgorithm?: ServerSideEncryption | undefined;
  kmsKeyArn?: string | undefined;
  bucketKeyEnabled?: boolean | undefined;
  /** S3 must block exactly these. */
  blockedEncryptionTypes?: EncryptionType[] | undefined;
  /** S3 must block at least these; types that AWS blocks by default stay blocked. */
  alsoBlocks?: EncryptionType[] | undefined;
}

/** Since April 2026: https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html */
const DEFAULT: Encryption = { sseAlgorithm: "AES256", alsoBlocks: ["SSE-C"] };

function desired(spec: S3BucketSpec, { baseline, kmsKeyArn }: SettingContext): Encryption | undefined {
  const { encryption } = spec;
  if (encryption === undefined) return baseline ? DEFAULT : undefined;
  const { sseAlgorithm, bucketKeyEnabled, blockedEncryptionTypes } = encryption;
  const fallback = baseline ? DEFAULT : {};
  return {
    sseAlgorithm: sseAlgorithm ?? fallback.sseAlgorithm,
    kmsKeyArn,
    bucketKeyEnabled,
    blockedEncryptionTypes,
    alsoBlocks: blockedEncryptionTypes === undefined ? fallback.alsoBlocks : undefined,
  };
}

/** S3 returns the key as it was written: another writer may have given its id in place of the ARN. */
function sameKey(arn: string | undefined, observed: string | undefined): boolean {
  return arn === observed || (arn !== undefined && observed !== undefined && arn.endsWith(`:key/${observed}`));
}

/** `NONE` and an absent list both block nothing. */
function blocked(types: readonly EncryptionType[] | undefined): EncryptionType[] {
  return (types ?? []).filter((type) => type !== "NONE").sort();
}

function diff(desired: Encryption, observed: ServerSideEncryptionRule): Change[] {
  const { SSEAlgorithm, KMSMasterKeyID } = observed.ApplyServerSideEncryptionByDefault ?? {};
  const { sseAlgorithm, kmsKeyArn, bucketKeyEnabled, blockedEncryptionTypes, alsoBlocks = [] } = desired;
  const blocks = blocked(observed.BlockedEncryptionTypes?.EncryptionType);
  const isKeyOther = sseAlgorithm !== undefined && !sameKey(kmsKeyArn, KMSMasterKeyID);
  return [
    ...(sseAlgorithm === undefined ? [] : compare("sseAlgorithm", sseAlgorithm, SSEAlgorithm)),
    ...(isKeyOther ? compare("kmsKey", kmsKeyArn, KMSMasterKeyID) : []),
    // S3 accepts a bucket key with SSE-S3, where it has no effect.
    ...(bucketKeyEnabled === undefined || sseAlgorithm === "AES256"
      ? []
      : compare("bucketKeyEnabled", bucketKeyEnabled, observed.BucketKeyEnabled ?? false)),
    ...(blockedEncryptionTypes ? compare("blockedEncryptionTypes", blocked(blockedEncryptionTypes), blocks) : []),
    ...(alsoBlocks.every((type) => blocks.includes(type))
      ? []
      : compare("blockedEncryptionTypes", union(blocks, alsoBlocks), blocks)),
  ];
}

function union(blocks: readonly EncryptionType[], more: readonly EncryptionType[]): EncryptionType[] {
  return [...new Set([...blocks, ...more])].sort();
}

/** The observed rule with the declared fields, so that a Put keeps what the spec omits. */
function merge(desired: Encryption, observed: ServerSideEncryptionRule): ServerSideEncryptionRule {
  const { sseAlgorithm, kmsKeyArn, bucketKeyEnabled, blockedEncryptionTypes, alsoBlocks = [] } = desired;
  const rule = { ...observed };
  if (sseAlgorithm !== undefined) {
    const byDefault = { SSEAlgorithm: sseAlgorithm, KMSMasterKeyID: kmsKeyArn };
    rule.ApplyServerSideEncryptionByDefault = carryOver(byDefault, observed.ApplyServerSideEncryptionByDefault, [
      "SSEAlgorithm",
      "KMSMasterKeyID",
    ]);
    // S3 refuses a bucket key with an algorithm that does not support it.
    if (sseAlgorithm !== "aws:kms") delete rule.BucketKeyEnabled;
  }
  if (bucketKeyEnabled !== undefined) rule.BucketKeyEnabled = bucketKeyEnabled;
  const blocks = union(blocked(observed.BlockedEncryptionTypes?.EncryptionType), alsoBlocks);
  const EncryptionType = blockedEncryptionTypes ?? (alsoBlocks.length > 0 ? blocks : undefined);
  if (EncryptionType !== undefined)
    rule.BlockedEncryptionTypes = { ...observed.BlockedEncryptionTypes, EncryptionType };
  return rule;
}

type Algorithm = NonNullable<S3BucketSpec["encryption"]>["sseAlgorithm"];

/** Paths that a spec can express. A write keeps all others. */
const FIELDS = [
  "ApplyServerSideEncryptionByDefault.SSEAlgorithm",
  "ApplyServerSideEncryptionByDefault.KMSMasterKeyID",
  "BucketKeyEnabled",
  "BlockedEncryptionTypes.EncryptionType",
];

/** Leaves out what S3 does not return, such as blocked types: their default may change. */
function toSpec(observed: ServerSideEncryptionRule, context: SettingContext): ExportedSetting {
  const { SSEAlgorithm: sseAlgorithm, KMSMasterKeyID: key } = observed.ApplyServerSideEncryptionByDefault ?? {};
  if (!isKnown(sseAlgorithm)) return { omitted: [`the algorithm is '${sseAlgorithm}', which a spec cannot express`] };
  const kmsKeyArn = key === undefined ? undefined : keyArn(key, context);
  if (key !== undefined && kmsKeyArn === undefined) {
    return { omitted: [`the KMS key is '${key}', and a spec accepts only a key ARN of the bucket's region`] };
  }
  const usesBucketKey = sseAlgorithm === "aws:kms";
  const types = observed.BlockedEncryptionTypes?.EncryptionType;
  const spec = stated<NonNullable<S3BucketSpec["encryption"]>>({
    sseAlgorithm,
    kmsKey: kmsKeyArn === undefined ? undefined : { arn: kmsKeyArn },
    bucketKeyEnabled: (usesBucketKey && observed.BucketKeyEnabled) || undefined,
    blockedEncryptionTypes: types && (blocked(types).length > 0 ? blocked(types) : ["NONE"]),
  });
  const isDefault = (sseAlgorithm ?? "AES256") === "AES256" && key === undefined && !types?.includes("NONE");
  const omitted = omittedFields(observed, FIELDS);
  if (observed.BucketKeyEnabled && !usesBucketKey)
    omitted.push("BucketKeyEnabled, which does nothing without 'aws:kms'");
  return { ...(!isDefault && { spec: { encryption: spec } }), omitted };
}

/** S3 has further ones, for other services of AWS. */
function isKnown(algorithm: ServerSideEncryption | undefined): algorithm is Algorithm | undefined {
  return algorithm === undefined || ["AES256", "aws:kms", "aws:kms:dsse"].includes(algorithm);
}

/** S3 returns the key as it was written: an ARN, or the id of a key in the bucket's account and region. */
function keyArn(
  key: string,
  { bucket: { partition, region, accountId } }: Pick<SettingContext, "bucket">,
): string | undefined {
  if (/^[A-Za-z0-9-]+$/.test(key)) return `arn:${partition}:kms:${region}:${accountId}:key/${key}`;
  const arn = parseArn(key);
  return arn?.region === region && arn.resource.startsWith("key/") ? key : undefined;
}

/** Whether S3 encrypts new objects with this key by default. `observed` comes from the setting's `observe`. */
export function hasDefaultKey(observed: unknown, arn: string | undefined): boolean {
  const { ApplyServerSideEncryptionByDefault } = (observed ?? {}) as ServerSideEncryptionRule;
  return sameKey(arn, ApplyServerSideEncryptionByDefault?.KMSMasterKeyID);
}

/** The ARN of the key with which S3 encrypts new objects by default; undefined: none, or named by an alias. */
export function defaultKeyArn(observed: unknown, bucket: SettingContext["bucket"]): string | undefined {
  const { ApplyServerSideEncryptionByDefault } = (observed ?? {}) as ServerSideEncryptionRule;
  const key = ApplyServerSideEncryptionByDefault?.KMSMasterKeyID;
  return key === undefined ? undefined : keyArn(key, { bucket });
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketEncryption.html */
export const encryption = defineSetting<Encryption, ServerSideEncryptionRule>({
  name: "encryption",
  iamActions: { read: ["s3:GetEncryptionConfiguration"], write: ["s3:PutEncryptionConfiguration"] },
  inBaseline: true,
  usesKey: () => true,

  // A bucket for logs that never arrive with KMS is not asked for it.
  asks: ({ encryption, policy = {} }) => [
    ...(needsSseS3(policy)
      ? []
      : [{ kind: "Encryption", field: SSE_ALGORITHM, sseAlgorithm: encryption?.sseAlgorithm } as const]),
    ...optionalAccountAsk("spec.encryption.kmsKey.arn", encryption?.kmsKey?.arn),
    ...keyAliasAsk("spec.encryption.kmsKey.managed.alias", encryption?.kmsKey?.managed?.alias),
  ],

  desired,

  observe: async ({ s3, ref, options }) => {
    const answer = await unlessAbsent(s3.send(new GetBucketEncryptionCommand(ref), options));
    return answer?.ServerSideEncryptionConfiguration?.Rules?.[0] ?? {};
  },

  diff,

  write: async ({ s3, ref, options }, desired, observed) => {
    const ServerSideEncryptionConfiguration = { Rules: [merge(desired, observed)] };
    await s3.send(new PutBucketEncryptionCommand({ ...ref, ServerSideEncryptionConfiguration }), options);
  },

  reset: (observed) => (diff(DEFAULT, observed).length > 0 ? DEFAULT : undefined),

  toSpec,
});
