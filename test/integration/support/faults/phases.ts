import { randomUUID } from "node:crypto";
import { RECONCILE_REQUESTED_AT } from "../../../../operator/api/names.ts";
import type { S3BucketSpec } from "../../../../operator/api/types.ts";
import type { Account, Bucket } from "../../../aws/index.ts";
import { element } from "../../../aws/xml.ts";
import { dumpBucket } from "../expect/dump.ts";
import { isReady } from "../expect/states.ts";
import type { World } from "../world/world.ts";

/** One S3Bucket with its bucket, to which something is to happen. */
export interface Subject {
  world: World;
  /** The one that the bucket is in. */
  account: Account;
  /** Of the S3Bucket. */
  name: string;
  bucketName: string;
  /** Names that bucket. */
  spec: S3BucketSpec;
  /** What the phase `change` makes of it. */
  changed?: S3BucketSpec;
}

/** Resolves when what was begun is over; fails with the last state. */
export type Over = () => Promise<unknown>;

/** Something that happens to an S3Bucket, from a state to a state. */
export interface Phase {
  /** What must be there before it begins. */
  prepare: (subject: Subject) => Promise<unknown>;
  begin: (subject: Subject) => Promise<Over>;
}

/** Long enough for several rounds of backoff. */
const OVER_MS = 45_000;

const apply = async ({ world, name, spec }: Subject): Promise<Over> => {
  const { metadata } = await world.applyBucket(name, spec);
  return () => readyAt(world, name, metadata.generation);
};

const settle = async (subject: Subject) => (await apply(subject))();

function readyAt({ statuses }: World, name: string, generation = 0): Promise<unknown> {
  return statuses.when(name, (bucket) => (bucket.metadata.generation ?? 0) >= generation && isReady(bucket), OVER_MS);
}

const remove = (deletionPolicy: "Retain" | "DeleteIfEmpty"): Phase =>
  ({
    prepare: ({ spec, ...rest }) => settle({ ...rest, spec: { ...spec, deletionPolicy } }),
    begin: async ({ world, name }) => {
      await world.deleteBucket(name);
      return () => world.statuses.whenGone(name, OVER_MS);
    },
  }) satisfies Phase;

/** All that can happen to a bucket, each of its settings being concerned: the eight of {@link fullSpec}, but for `create` and `change`, which take any. */
export const PHASES = {
  create: { prepare: () => Promise.resolve(), begin: apply },
  update: {
    prepare: settle,
    begin: async ({ world, name }) => {
      const { metadata } = await world.editSpec(name, EDIT);
      return () => readyAt(world, name, metadata.generation);
    },
  },
  change: {
    prepare: settle,
    begin: ({ changed, ...subject }) => apply({ ...subject, spec: { ...subject.spec, ...changed } }),
  },
  drift: {
    prepare: settle,
    begin: async (subject) => {
      const { world, name } = subject;
      meddle(bucketOf(subject));
      const request = randomUUID();
      await world.annotate(name, { [RECONCILE_REQUESTED_AT]: request });
      const lookedAt = ({ reconcileRequestedAt }: { reconcileRequestedAt?: string } = {}) =>
        reconcileRequestedAt === request;
      return () => world.statuses.when(name, (bucket) => lookedAt(bucket.status) && isReady(bucket), OVER_MS);
    },
  },
  deleteIfEmpty: remove("DeleteIfEmpty"),
  retain: remove("Retain"),
} satisfies Record<string, Phase>;

export type PhaseName = keyof typeof PHASES;

/** What AWS has of the subject, see {@link dumpBucket}. */
export function stateAtAws({ account, name, bucketName }: Subject): object | undefined {
  return dumpBucket(account.buckets.get(bucketName), name);
}

/** Runs a whole phase with nothing in its way; what AWS has in the end. */
export async function undisturbed(phase: Phase, subject: Subject): Promise<object | undefined> {
  await phase.prepare(subject);
  const over = await phase.begin(subject);
  await over();
  return stateAtAws(subject);
}

/** Changes each of the eight settings, takes one away, adds and takes away tags. */
const EDIT = {
  publicAccessBlock: { restrictPublicBuckets: true },
  objectOwnership: "BucketOwnerEnforced",
  encryption: { sseAlgorithm: "AES256", kmsKey: null, bucketKeyEnabled: null },
  versioning: "Suspended",
  lifecycle: { rules: [{ id: "logs", status: "Enabled", filter: { prefix: "logs/" }, expiration: { days: 30 } }] },
  cors: null,
  policy: { minimumTLSVersion: "1.2", cloudFrontDistributions: null, statements: null },
  tags: { team: null, stage: "production" },
};

function bucketOf({ account, name, bucketName }: Subject): Bucket {
  const bucket = account.buckets.get(bucketName);
  if (bucket === undefined) throw new Error(`S3Bucket ${name} has no bucket`);
  return bucket;
}

/**
 * Somebody changes all eight settings. None to what it was before the operator's own write: inside the settle window that would be taken for
 * an answer that is late.
 */
function meddle(bucket: Bucket): void {
  const rule = element("CORSRule", [element("AllowedMethod", "GET"), element("AllowedOrigin", "*")]);
  const byDefault = element("ApplyServerSideEncryptionByDefault", [element("SSEAlgorithm", "aws:kms:dsse")]);
  bucket.tags.set("team", "somebody");
  bucket.publicAccessBlock = undefined;
  bucket.ownershipControls = undefined;
  bucket.encryption = element("ServerSideEncryptionConfiguration", [element("Rule", [byDefault])]);
  bucket.versioning = "Suspended";
  bucket.policy = bucket.policy?.replace('"1.3"', '"1.0"');
  bucket.cors = element("CORSConfiguration", [rule]);
  const { lifecycle } = bucket;
  if (lifecycle === undefined) throw new Error(`Bucket ${bucket.name} has no lifecycle to change`);
  const { document } = lifecycle;
  bucket.lifecycle = { ...lifecycle, document: { ...document, children: document.children.slice(0, 1) } };
}
