import type { Owner } from "../../api/ownership.ts";
import { REASON } from "../../api/reasons.ts";
import type { S3Bucket, S3BucketSpec } from "../../api/types.ts";
import { parseArn } from "../../aws/arn.ts";
import type { AwsSession } from "../../aws/session.ts";
import { DELAY_MS } from "../../reconcile/delays.ts";
import type { History } from "../../reconcile/history.ts";
import { failureIn } from "../../reconcile/outcome.ts";
import { describeKey } from "./describe.ts";
import { keyClient, type KeyClient } from "./key-client.ts";
import { ensureManagedKey, managedAlias, type ManagedKeyRequest } from "./managed.ts";
import { usable, type KeyResolution } from "./resolution.ts";

type KmsKey = NonNullable<NonNullable<S3BucketSpec["encryption"]>["kmsKey"]>;

export interface KeyRequest {
  object: S3Bucket;
  session: AwsSession;
  region: string;
  owner: Owner;
  signal: AbortSignal;
  history: History;
  beginWork: ManagedKeyRequest["beginWork"];
}

/** Resolves `spec.encryption.kmsKey` to the ARN of a usable key. Creates a managed key if needed. */
export type KeyResolver = (request: KeyRequest) => Promise<KeyResolution>;

/** Longer than the default poll interval, so that an unchanged bucket costs no call to KMS. Keys change rarely. */
const CACHE_MS = 900_000;

/** Caches usable keys. `now` is monotonic, in milliseconds. */
export function createKeyResolver(now: () => number): KeyResolver {
  const cache = new Map<string, { until: number; resolution: KeyResolution }>();

  return async (request) => {
    const kmsKey = request.object.spec.encryption?.kmsKey;
    if (kmsKey === undefined) return { arn: undefined };
    // Entries are in the order of their expiry.
    for (const [entry, { until }] of cache) {
      if (now() < until) break;
      cache.delete(entry);
    }
    const entry = entryOf(request, kmsKey);
    const cached = cache.get(entry);
    if (cached !== undefined) return cached.resolution;
    const resolution = await resolveKey(request, kmsKey);
    const { arn, failure, changes, rotation } = resolution;
    if (arn === undefined || failure !== undefined || changes !== undefined || rotation !== undefined)
      return resolution;
    cache.delete(entry);
    cache.set(entry, { until: now() + CACHE_MS, resolution });
    return resolution;
  };
}

/** A managed key is cached per UID: once an object is deleted, its key may be retired. */
function entryOf({ object, session, region }: KeyRequest, kmsKey: KmsKey): string {
  const ofManaged = kmsKey.managed && [object.metadata.uid, object.spec.mode];
  return JSON.stringify([session.accountId, session.callerArn, region, kmsKey, ofManaged]);
}

async function resolveKey(request: KeyRequest, { arn, alias, managed }: KmsKey): Promise<KeyResolution> {
  const { session, region, signal } = request;
  const client = keyClient(session, region, signal);
  try {
    if (managed !== undefined) return await resolveManagedKey(client, request, managed);
    const keyRegion = arn === undefined ? region : parseArn(arn)?.region;
    return keyRegion === region ? await resolveNamedKey(client, arn ?? alias ?? "") : wrongRegion(arn ?? "", region);
  } catch (error) {
    const failure = failureIn(error);
    if (failure === undefined) throw error;
    return { failure };
  }
}

/** A key that the operator does not manage, by ARN or alias. */
async function resolveNamedKey(client: KeyClient, key: string): Promise<KeyResolution> {
  try {
    const metadata = await describeKey(client, key);
    return metadata === undefined ? notFound(key, client) : usable(key, metadata);
  } catch (error) {
    // S3 accepts an ARN without asking KMS, and another account's key may deny DescribeKey to the operator.
    const failure = failureIn(error);
    if (failure?.reason !== "AccessDenied" || !key.startsWith("arn:")) throw error;
    return { arn: key, unseen: `The operator cannot see whether the KMS key is usable. ${failure.message}` };
  }
}

function notFound(key: string, { region, accountId }: KeyClient): KeyResolution {
  const message = `KMS key '${key}' does not exist in region ${region}, as seen from account ${accountId}: create it, or correct spec.encryption.kmsKey`;
  return { failure: { reason: REASON.kmsKeyNotFound, message, terminal: true, retryAfterMs: DELAY_MS.key } };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html */
function wrongRegion(arn: string, region: string): KeyResolution {
  const message = `KMS key '${arn}' is not in ${region}, the region of the bucket: name a key of that region`;
  return { failure: { reason: REASON.kmsKeyWrongRegion, message, terminal: true } };
}

async function resolveManagedKey(
  client: KeyClient,
  { object, owner, history, beginWork }: KeyRequest,
  spec: ManagedKeyRequest["spec"],
): Promise<KeyResolution> {
  const { status } = object;
  const observe = object.spec.mode === "Observe";
  const record = { known: status?.kmsKeyArn, workBegun: status?.managedKey?.workBegun === true };
  const rest = { uid: object.metadata.uid ?? "", history, beginWork, observe };
  const { key, changes, isNew, rotation } = await ensureManagedKey(client, { spec, owner, ...record, ...rest });
  const planned = observe && changes.length > 0 ? { changes } : {};
  if (key === undefined) return { arn: undefined, ...planned };
  const resolution = usable(managedAlias(spec, owner), key);
  if (resolution.failure !== undefined) return resolution;
  return { ...resolution, ...planned, ...(isNew && { isNew }), ...(rotation && { rotation }) };
}
