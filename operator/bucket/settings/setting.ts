import type { S3BucketSpec, S3BucketStatus } from "../../api/types.ts";
import type { BucketClient } from "../bucket-client.ts";
import type { Statement } from "../../aws/policy/document.ts";
import type { Operator } from "../../aws/policy/lock-out.ts";
import { type Change, compare } from "../../reconcile/change.ts";
import type { ExportedSetting } from "./to-spec.ts";

/** What a setting may need besides the spec to know what is wanted. Gathered once per reconcile. */
export interface SettingContext {
  /** Fields that the spec leaves out take the secure baseline's values. */
  baseline: boolean;
  bucket: Pick<BucketClient, "name" | "arn" | "partition" | "region" | "accountId">;
  /** Whom the bucket policy must not lock out. */
  operator: Operator;
  /** ARN of `spec.encryption.kmsKey`, its alias resolved. */
  kmsKeyArn?: string;
  /** Tags that say whose the bucket is; see ownership.ts. */
  ownershipTags: Readonly<Record<string, string>>;
  /** Tags of the account, which the spec's own override. */
  accountTags: Readonly<Record<string, string>>;
  /** Keys of the tags that earlier reconciles wrote: those no longer wanted are removed, all others belong to somebody else. */
  appliedTagKeys: readonly string[];
  /** Likewise ids of entries, by setting, of those that others may also write to; see entries.ts. */
  appliedIds: Readonly<Record<string, readonly string[]>>;
  /** What BucketAccesses ask of the bucket policy: statements with a Sid each, which begins with `S3Operator`. */
  contributedStatements: readonly Statement[];
  /** What begins the Sids of statements that stay as they are. */
  pausedSids: readonly string[];
}

/**
 * One bucket setting, whole: what the spec means, how S3 is read, what counts as equal, how it is written, what AWS permissions that takes.
 * Everything but `observe` and `write` is pure.
 */
export interface Setting<Desired = unknown, Observed = unknown> {
  /** As in the spec and in status. */
  readonly name: string;
  /** IAM actions, the first being the one that the call is named after; from them come the operator's IAM policy and the messages on denial. */
  readonly iamActions: { read: readonly [string, ...string[]]; write: readonly [string, ...string[]] };
  /** Set where the secure baseline has a value: the setting is then read on adopted buckets too, to say where they fall short of it. */
  readonly inBaseline?: true;
  /** Set where others have entries of theirs in the same document: it is then read again right before it is written. */
  readonly isShared?: true;
  /** Undefined: neither the spec nor the baseline says anything about it. */
  desired(spec: S3BucketSpec, context: SettingContext): Desired | undefined;
  /** Exactly one GET. A setting that the bucket lacks is a value, not an error. */
  observe(bucket: BucketClient): Promise<Observed>;
  /** By meaning: order, defaults, letter case and fields unknown to us are no difference. Empty: equal. */
  diff(desired: Desired, observed: Observed): Change[];
  /** Carries over what it does not know from `observed`. */
  write(bucket: BucketClient, desired: Desired, observed: Observed): Promise<void>;
  /** What to write so that the bucket has S3's own default again, for a setting that left the spec; undefined when it has. */
  reset(observed: Observed, context: SettingContext): Desired | undefined;
  /** The inverse of `desired`, for the export of a bucket: what a spec says so that `diff` finds nothing. */
  toSpec(observed: Observed, context: SettingContext): ExportedSetting;
  /** Whether it cannot be said without the KMS key of `spec.encryption`, and must wait while that is not to be had. Pure. */
  usesKey?(spec: S3BucketSpec): boolean;
  /** What status tells of it beyond its state; `desired` is undefined where it is only read. Pure. */
  report?(desired: Desired | undefined, observed: Observed): Partial<S3BucketStatus>;
}

/** Types a setting by its own shapes, and hands it out as one among others; the caller passes back only what the setting itself returned. */
export function defineSetting<Desired, Observed>(setting: Setting<Desired, Observed>): Setting {
  return setting;
}

/**
 * Two sets of named entries, compared field by field; an entry that only one side has is one change.
 * Never by index: removing an early entry must not make all the later ones look different.
 */
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
