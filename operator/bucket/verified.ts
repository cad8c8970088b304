import type { S3Bucket } from "../api/types.ts";

/** What the S3Bucket controller verified at AWS about the bucket of an S3Bucket. */
export interface VerifiedBucket {
  state: "Verified";
  name: string;
  arn: string;
  region: string;
  accountId: string;
  /** Its tags name the S3Bucket. False with `mode: Observe` for a bucket without an owner's tags. */
  isOwned: boolean;
  /** The key that the spec names. */
  kmsKeyArn?: string;
  /** Another key with which S3 encrypts new objects, or did until a moment ago. */
  formerKmsKeyArn?: string;
}

/** The bucket is not, or no longer, the S3Bucket's: its tags name another owner or none, or it does not exist. */
export interface LostBucket {
  state: "Lost";
  name: string;
}

export type Verification = VerifiedBucket | LostBucket;

/**
 * What this process verified at AWS, by S3Bucket. The status of an S3Bucket is only a report, since users may write it:
 * who may reach what depends on this. Only the S3Bucket controller writes it.
 */
export interface VerifiedBuckets {
  /** Undefined: not verified since the process started, or AWS does not let the operator see the bucket's tags. */
  of(bucket: S3Bucket): Verification | undefined;
  /** Undefined forgets the bucket. */
  note(bucket: S3Bucket, verification: Verification | undefined): void;
  /** Call when a reconcile of the S3Bucket has ended. */
  reconciled(bucket: S3Bucket): void;
  /** Whether a reconcile of the S3Bucket has ended since the process started. */
  isReconciled(bucket: S3Bucket): boolean;
  /** Call when the S3Bucket is gone. */
  forget(bucket: S3Bucket): void;
  /** The buckets in the AWS account that S3Buckets of the namespace own. */
  ownBucketNames(namespace: string, accountId: string): ReadonlySet<string>;
  /** Whether an S3Bucket of any namespace owns the bucket. */
  isOwned(name: string, accountId: string): boolean;
}

/** Something else is known than before. `isFirst`: nothing was. */
export type OnVerified = (bucket: S3Bucket, known: { name: string | undefined; isFirst: boolean }) => void;

export function createVerifiedBuckets(onChange: OnVerified): VerifiedBuckets {
  const reconciled = new Set<string>();
  const byUid = new Map<string, { namespace: string | undefined; verification: Verification }>();
  const owned = (accountId: string) =>
    [...byUid.values()].filter(
      ({ verification }) =>
        verification.state === "Verified" && verification.isOwned && verification.accountId === accountId,
    );
  const note = (bucket: S3Bucket, verification: Verification | undefined) => {
    const { uid = "", namespace } = bucket.metadata;
    const before = byUid.get(uid)?.verification;
    if (verification === undefined) byUid.delete(uid);
    else byUid.set(uid, { namespace, verification });
    if (JSON.stringify(before) === JSON.stringify(verification)) return;
    onChange(bucket, { name: verification?.name ?? before?.name, isFirst: before === undefined });
  };
  return {
    of: ({ metadata: { uid = "" } }) => byUid.get(uid)?.verification,
    note,
    reconciled(bucket) {
      const { uid = "" } = bucket.metadata;
      if (reconciled.has(uid)) return;
      reconciled.add(uid);
      if (!byUid.has(uid)) onChange(bucket, { name: undefined, isFirst: true });
    },
    isReconciled: ({ metadata: { uid = "" } }) => reconciled.has(uid),
    forget(bucket) {
      note(bucket, undefined);
      reconciled.delete(bucket.metadata.uid ?? "");
    },
    ownBucketNames: (namespace, accountId) =>
      new Set(
        owned(accountId)
          .filter((each) => each.namespace === namespace)
          .map(({ verification }) => verification.name),
      ),
    isOwned: (name, accountId) => owned(accountId).some(({ verification }) => verification.name === name),
  };
}
