import { destinationNames, guardrailViolation, type Ask } from "../account/guardrails.ts";
import { resolveAccount, type AccountDirectory } from "../account/resolve.ts";
import { REASON } from "../api/reasons.ts";
import type { S3Bucket, S3BucketSpec } from "../api/types.ts";
import { bucketArn, partitionOf } from "../aws/arn.ts";
import type { OutcomeError } from "../kube/outcome.ts";
import { DELAY_MS } from "../reconcile/delays.ts";
import { stalled, waiting } from "../reconcile/outcome.ts";
import { bucketNameOf, matchingPatterns } from "./naming.ts";
import { SETTINGS } from "./settings/index.ts";
import type { Address } from "./target.ts";

/** What guardrails need to know about other buckets. */
export interface OtherBuckets {
  /** The buckets in the AWS account that S3Buckets of the namespace own, by name, as verified at AWS. */
  ownBucketNames: (namespace: string, accountId: string) => ReadonlySet<string>;
  /** S3Buckets of all namespaces. */
  knownBuckets: () => readonly S3Bucket[];
  directory: AccountDirectory;
}

/**
 * Why the account does not allow the S3Bucket: its name, or its guardrails. Waits for a destination that another
 * S3Bucket of the namespace declares and does not own yet. Undefined: it is allowed. Pure.
 */
export function bucketViolation({ spec }: S3Bucket, address: Address, others: OtherBuckets): OutcomeError | undefined {
  return nameNotAllowed(spec, address) ?? beyondGuardrails(spec, address, others);
}

function beyondGuardrails(spec: S3BucketSpec, address: Address, others: OtherBuckets): OutcomeError | undefined {
  const { account, owner, bucketName } = address;
  const asks = asksOf(spec, address);
  const { namespace } = owner;
  // Settings are written only to a bucket that is the object's own, so that its own name may be a destination.
  const ownBuckets = new Set([...others.ownBucketNames(namespace, account.spec.accountId), bucketName]);
  const violation = guardrailViolation(account, asks, { namespace, ownBuckets });
  if (violation === undefined) return undefined;
  const declared = declaredBuckets(address, others);
  const ifOwned = { namespace, ownBuckets: new Set([...ownBuckets, ...declared.keys()]) };
  if (guardrailViolation(account, asks, ifOwned) !== undefined) return violation;
  const awaited = destinationNames(asks).find((name) => declared.has(name) && !ownBuckets.has(name)) ?? "";
  const message = `Waiting until S3Bucket '${namespace}/${declared.get(awaited)}' owns bucket '${awaited}', a destination in the spec`;
  return waiting(REASON.destinationNotReady, message, DELAY_MS.destination);
}

/** The names of S3Buckets of the namespace, by the name of the bucket that they declare, whether they own it or not. */
function declaredBuckets({ account, owner }: Address, { knownBuckets, directory }: OtherBuckets): Map<string, string> {
  const siblings = knownBuckets().filter(({ metadata }) => metadata.namespace === owner.namespace);
  return new Map(
    siblings.flatMap(({ metadata: { name }, spec }) => {
      const used = resolveAccount(directory, owner.namespace, spec.accountRef?.name).account?.spec;
      if (used?.accountId !== account.spec.accountId) return [];
      const parts = { ...owner, name, account: used.accountId, region: spec.region ?? used.region };
      return [[spec.bucketName ?? bucketNameOf(used.naming?.template, parts), name]];
    }),
  );
}

/** What all settings of the spec ask of the account's guardrails. */
export function asksOf(spec: S3BucketSpec, { account, bucketName: name, region }: Address): Ask[] {
  const partition = partitionOf(region);
  const bucket = { name, region, partition, arn: bucketArn(partition, name), accountId: account.spec.accountId };
  return SETTINGS.flatMap((setting) => setting.asks?.(spec, bucket) ?? []);
}

function nameNotAllowed(spec: S3BucketSpec, { account, owner, bucketName, region }: Address): OutcomeError | undefined {
  const { allowedPatterns } = account.spec.naming ?? {};
  if (allowedPatterns === undefined) return undefined;
  const parts = { ...owner, account: account.spec.accountId, region };
  const { matches, own } = matchingPatterns(allowedPatterns, bucketName, parts);
  if (matches) return undefined;
  // Patterns without the namespace may name other tenants, so the message does not show them.
  const allowed = own.length === 0 ? "" : ` (for this namespace: ${own.join(", ")})`;
  const remedy =
    spec.bucketName === undefined
      ? "the naming template does not fit them, ask the platform team, or create an S3Bucket with a bucketName"
      : "create an S3Bucket with another bucketName, or with none, which takes the account's template";
  const message = `Bucket name '${bucketName}' matches no pattern that AWSAccount '${account.metadata.name}' allows${allowed}: ${remedy}`;
  return stalled(REASON.bucketNameNotAllowed, message);
}
