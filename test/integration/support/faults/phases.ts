import { randomUUID } from "node:crypto";
import { RECONCILE_REQUESTED_AT } from "../../../../operator/api/names.ts";
import type { S3BucketSpec } from "../../../../operator/api/types.ts";
import type { Account, Bucket } from "../../../aws/index.ts";
import { element } from "../../../aws/xml.ts";
import { dumpBucket } from "../expect/dump.ts";
import { isReady } from "../expect/states.ts";
import type { World } from "../world/world.ts";

/** An S3Bucket with its bucket, the subject of a phase. */
export interface Subject {
  world: World;
  /** The account of the bucket. */
  account: Account;
  /** Name of the S3Bucket. */
  name: string;
  bucketName: string;
  /** The spec, which names the bucket. */
  spec: S3BucketSpec;
  /** The fields that the phase `change` sets. */
  changed?: S3BucketSpec;
}

/** Resolves when the phase is over; fails with the last state. */
export type Over = () => Promise<unknown>;

/** A part of the life of an S3Bucket, from one state to another. */
export interface Phase {
  /** Creates the state in which the phase begins. */
  prepare: (subject: Subject) => Promise<unknown>;
  begin: (subject: Subject) => Promise<Over>;
}

/** Long enough for several rounds of backoff. */
const OVER_MS = 90_000;

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

/** All phases. They concern the eight settings of {@link fullSpec}; `create` and `change` take any settings. */
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
      tamper(bucketOf(subject));
      const request = randomUUID();
      await world.annotate(name, { [RECONCILE_REQUESTED_AT]: request });
      const handled = ({ reconcileRequestedAt }: { reconcileRequestedAt?: string } = {}) =>
        reconcileRequestedAt === request;
      return () => world.statuses.when(name, (bucket) => handled(bucket.status) && isReady(bucket), OVER_MS);
    },
  },
  deleteIfEmpty: remove("DeleteIfEmpty"),
  retain: remove("Retain"),
} satisfies Record<string, Phase>;

export type PhaseName = keyof typeof PHASES;

/** The state of the subject at AWS, see {@link dumpBucket}. */
export function stateAtAws({ account, name, bucketName }: Subject): object | undefined {
  return dumpBucket(account.buckets.get(bucketName), name);
}

/** Runs a whole phase without faults; returns the state at AWS afterwards. */
export async function undisturbed(phase: Phase, subject: Subject): Promise<object | undefined> {
  await phase.prepare(subject);
  const over = await phase.begin(subject);
  await over();
  return stateAtAws(subject);
}

/** Changes each of the eight settings, removes one, adds and removes tags. */
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
 * A user changes all eight settings, none to its value before the operator's own write: within the settle window that
 * would be taken for an eventually consistent read.
 */
function tamper(bucket: Bucket): void {
  const rule = element("CORSRule", [element("AllowedMethod", "GET"), element("AllowedOrigin", "*")]);
  const byDefault = element("ApplyServerSideEncryptionByDefault", [element("SSEAlgorithm", "aws:kms:dsse")]);
  bucket.tags.set("team", "another");
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
