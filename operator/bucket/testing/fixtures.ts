import { pino } from "pino";
import { API_VERSION } from "../../api/names.ts";
import type { AWSAccount, AWSAccountSpec, S3Bucket, S3BucketSpec, S3BucketStatus } from "../../api/types.ts";
import type { EventDetail } from "../../kube/events.ts";
import type { ObjectMeta } from "../../kube/object.ts";
import type { Change } from "../../reconcile/change.ts";
import type { Failure } from "../../reconcile/outcome.ts";
import type { PartState } from "../../reconcile/part.ts";
import type { SettingResult } from "../apply.ts";
import type { BucketContext } from "../dependencies.ts";
import type { SettingPlan } from "../plan.ts";
import type { Setting, SettingContext } from "../settings/setting.ts";
import type { Target } from "../target.ts";
import { createVerifiedBuckets, type VerifiedBucket, type VerifiedBuckets } from "../verified.ts";
import { fakeBucket } from "./fake-bucket.ts";

export const CALLER_ARN = "arn:aws:sts::111122223333:assumed-role/operator/s3-operator";

export const OWNER = { cluster: "prod", namespace: "team", name: "docs" };

export function s3Bucket(
  spec: S3BucketSpec = {},
  { status, ...metadata }: Partial<ObjectMeta> & { status?: S3BucketStatus | undefined } = {},
): S3Bucket {
  return {
    apiVersion: API_VERSION,
    kind: "S3Bucket",
    metadata: { name: OWNER.name, namespace: OWNER.namespace, uid: "uid", generation: 1, ...metadata },
    spec,
    ...(status && { status }),
  };
}

export function awsAccount(spec: Partial<AWSAccountSpec> = {}, name = "main"): AWSAccount {
  return {
    apiVersion: API_VERSION,
    kind: "AWSAccount",
    metadata: { name },
    spec: { accountId: "111122223333", region: "eu-central-1", ...spec },
  };
}

export function target(overrides: Partial<Target> = {}): Target {
  const { bucket } = fakeBucket();
  const { accountId, partition, s3, s3Control } = bucket;
  const none = () => {
    throw new Error("S3 only");
  };
  const others = { kms: none, iam: none, eks: none };
  const session = { accountId, partition, callerArn: CALLER_ARN, s3: () => s3, s3Control: () => s3Control, ...others };
  return { account: awsAccount(), session, bucket, owner: OWNER, ...overrides };
}

/** A bucket that its S3Bucket owns. */
export function verifiedBucket(overrides: Partial<VerifiedBucket> = {}): VerifiedBucket {
  const { name, arn, region, accountId } = fakeBucket().bucket;
  return { state: "Verified", name, arn, region, accountId, isOwned: true, ...overrides };
}

/** What a process knows that has verified these. */
export function verifiedBuckets(...known: readonly (readonly [S3Bucket, VerifiedBucket])[]): VerifiedBuckets {
  const verified = createVerifiedBuckets(() => undefined);
  for (const [bucket, each] of known) verified.note(bucket, each);
  return verified;
}

/** The context of an adopted bucket. */
export function settingContextWith(overrides: Partial<SettingContext> = {}): SettingContext {
  const { bucket } = fakeBucket();
  const operator = { callerArn: CALLER_ARN, actions: ["s3:GetBucketPolicy", "s3:PutBucketPolicy"] };
  return {
    baseline: false,
    bucket,
    operator,
    ownershipTags: {},
    accountTags: {},
    appliedTagKeys: [],
    appliedIds: {},
    contributedStatements: [],
    pausedSids: [],
    ...overrides,
  };
}

/** A setting of one value, compared by identity. */
export function fakeSetting(name: keyof S3BucketSpec, overrides: Partial<Setting> = {}): Setting {
  return {
    name,
    iamActions: { read: ["s3:GetIt"], write: ["s3:PutIt"] },
    desired: (spec) => spec[name],
    observe: () => Promise.resolve(undefined),
    diff: (desired, observed) => (desired === observed ? [] : [change("")]),
    write: () => Promise.resolve(),
    reset: () => undefined,
    toSpec: () => ({}),
    ...overrides,
  };
}

export function change(path: string, desired = "a", actual = "b"): Change {
  return { path, desired, actual };
}

export function planOf(setting: Setting, overrides: Partial<SettingPlan> = {}): SettingPlan {
  const { name } = setting;
  return { name, setting, source: "Spec", desired: "a", observation: { value: "b" }, changes: [], ...overrides };
}

export function resultOf(part: SettingPlan, state: PartState, failure?: Failure): SettingResult {
  return { part, state, ...(failure && { failure }) };
}

export interface RecordedContext {
  context: BucketContext;
  events: EventDetail[];
  /** Reason and message of each `progress`. */
  progress: [string, string][];
}

/** The context of a reconcile that records what it would write. */
export function recordedContext(object: S3Bucket): RecordedContext {
  const events: EventDetail[] = [];
  const progress: [string, string][] = [];
  const context: BucketContext = {
    key: object.metadata,
    object,
    status: structuredClone(object.status ?? {}),
    signal: new AbortController().signal,
    log: pino({ enabled: false }),
    setCondition: () => undefined,
    progress: async (reason, message) => void progress.push([reason, message]),
    event: (detail) => void events.push(detail),
    ensureCurrent: () => Promise.resolve(),
    ensureFinalizer: () => Promise.resolve(),
    removeFinalizer: () => Promise.resolve(),
  };
  return { context, events, progress };
}
