import type { Ask } from "../../account/guardrails.ts";
import type { S3BucketSpec, S3BucketStatus } from "../../api/types.ts";
import type { Statement } from "../../aws/policy/document.ts";
import type { Operator } from "../../aws/policy/lock-out.ts";
import { compare, type Change } from "../../reconcile/change.ts";
import type { BucketClient } from "../bucket-client.ts";
import type { ExportedSetting } from "./to-spec.ts";

/** Input of a setting besides the spec. Gathered once per reconcile. */
export interface SettingContext {
  /** Fields that the spec omits take the values of the secure baseline. */
  baseline: boolean;
  bucket: Pick<BucketClient, "name" | "arn" | "partition" | "region" | "accountId">;
  /** The principal that the bucket policy must not lock out. */
  operator: Operator;
  /** ARN of `spec.encryption.kmsKey`; aliases are resolved. */
  kmsKeyArn?: string;
  /** Tags that name the bucket's owner; see api/ownership.ts. */
  ownershipTags: Readonly<Record<string, string>>;
  /** Tags of the AWSAccount; `spec.tags` override them. */
  accountTags: Readonly<Record<string, string>>;
  /** Keys of tags that earlier reconciles wrote. Only these are removed once they leave the spec. */
  appliedTagKeys: readonly string[];
  /** Ids of entries that earlier reconciles wrote, by setting; see entries.ts. */
  appliedIds: Readonly<Record<string, readonly string[]>>;
  /** Statements that BucketAccesses contribute to the bucket policy. Each Sid begins with `S3OperatorAccess`. */
  contributedStatements: readonly Statement[];
  /** Sid prefixes of paused BucketAccesses: their statements are left as they are. */
  pausedSids: readonly string[];
}

/** One bucket setting. All functions but `observe` and `write` are pure. */
export interface Setting<Desired = unknown, Observed = unknown> {
  /** The field's name in spec and status. */
  readonly name: string;
  /** IAM actions that the operator needs. Messages about a denial name the first one. */
  readonly iamActions: { read: readonly [string, ...string[]]; write: readonly [string, ...string[]] };
  /** The secure baseline has a value. Such settings are also read on adopted buckets, to report where they deviate. */
  readonly inBaseline?: true;
  /** Other writers have entries in the same document: it is read again right before each write. */
  readonly isShared?: true;
  /** The desired state; undefined if neither the spec nor the baseline sets it. */
  desired(spec: S3BucketSpec, context: SettingContext): Desired | undefined;
  /** Sends exactly one GET. A bucket without this configuration is a value, not an error. */
  observe(bucket: BucketClient): Promise<Observed>;
  /** Differences in meaning. Order, defaults, letter case and unknown fields make none. */
  diff(desired: Desired, observed: Observed): Change[];
  /** Keeps what a spec cannot express as it is in `observed`. */
  write(bucket: BucketClient, desired: Desired, observed: Observed): Promise<void>;
  /** For a setting that left the spec: the state to write to restore S3's default; undefined if it is in place. */
  reset(observed: Observed, context: SettingContext): Desired | undefined;
  /** The inverse of `desired`, for exports: with this spec, `diff` finds nothing. */
  toSpec(observed: Observed, context: SettingContext): ExportedSetting;
  /** Whether `desired` needs the KMS key of `spec.encryption`, and waits until the key is available. */
  usesKey?(spec: S3BucketSpec): boolean;
  /** What guardrails decide about: accounts and keys that the spec names, and public access. Pure. */
  asks?(spec: S3BucketSpec, bucket: SettingContext["bucket"]): Ask[];
  /** Additional status fields. `desired` is undefined for a setting that is only read. */
  report?(desired: Desired | undefined, observed: Observed): Partial<S3BucketStatus>;
}

/** Erases the type parameters so that all settings fit one list. Callers pass back only what the setting returned. */
export function defineSetting<Desired, Observed>(setting: Setting<Desired, Observed>): Setting {
  return setting;
}

/** Compares entries by name, field by field. An entry that only one side has is one change. */
export function compareNamed(path: string, desired: Named, actual: Named): Change[] {
  const names = [...new Set([...desired.keys(), ...actual.keys()])].sort();
  return names.flatMap((name) => {
    const [wanted, found] = [desired.get(name), actual.get(name)];
    if (wanted === undefined || found === undefined) return compare(`${path}[${name}]`, wanted, found);
    const fields = [...new Set([...Object.keys(wanted), ...Object.keys(found)])];
    return fields.flatMap((field) => compare(`${path}[${name}].${field}`, wanted[field], found[field]));
  });
}

export type Named = ReadonlyMap<string, Readonly<Record<string, unknown>>>;
