import type { S3Bucket, S3BucketSpec } from "../../api/types.ts";
import { REASON } from "../../api/reasons.ts";
import { parseArn } from "../../aws/arn.ts";
import { awsFailure } from "../../aws/errors.ts";
import type { AwsSession } from "../../aws/session.ts";
import { Failed } from "../stop.ts";
import type { Owner } from "../ownership.ts";
import { type KeyResolution, resolveNamedKey, usable } from "./describe.ts";
import { keyClient, type KeyClient } from "./key-client.ts";
import { ensureManagedKey, managedAlias, type ManagedKeyRequest } from "./managed.ts";

type KmsKey = NonNullable<NonNullable<S3BucketSpec["encryption"]>["kmsKey"]>;

/** Whose key, where, and how to put on record that one is about to be made. */
export interface KeyRequest {
  object: S3Bucket;
  session: AwsSession;
  region: string;
  owner: Owner;
  signal: AbortSignal;
  beginWork(): Promise<void>;
}

/** Resolves `spec.encryption.kmsKey` to the ARN of a usable key; a managed one is made, if need be. */
export type KeyResolver = (request: KeyRequest) => Promise<KeyResolution>;

/** Longer than the usual poll interval, so that a bucket that nothing happens to costs no call to KMS; a key changes seldom. */
const CACHE_MS = 900_000;

export function createKeyResolver(now: () => number): KeyResolver {
  const cache = new Map<string, { until: number; arn: string }>();

  return async (request) => {
    const { object, session, region } = request;
    const kmsKey = object.spec.encryption?.kmsKey;
    if (kmsKey === undefined) return { arn: undefined };
    const entry = JSON.stringify([
      session.accountId,
      session.callerArn,
      region,
      kmsKey,
      kmsKey.managed && request.owner,
    ]);
    const cached = cache.get(entry);
    if (cached !== undefined && now() < cached.until) return { arn: cached.arn };
    cache.delete(entry);
    const resolution = await resolveKey(request, kmsKey);
    if (resolution.arn !== undefined) cache.set(entry, { until: now() + CACHE_MS, arn: resolution.arn });
    return resolution;
  };
}

function resolveKey(request: KeyRequest, { arn, alias, managed }: KmsKey): Promise<KeyResolution> | KeyResolution {
  const { session, region, signal } = request;
  const client = keyClient(session, region, signal);
  if (managed !== undefined) return resolveManagedKey(client, request, managed);
  const keyRegion = arn === undefined ? region : parseArn(arn)?.region;
  return keyRegion === region ? resolveNamedKey(client, arn ?? alias ?? "") : wrongRegion(arn ?? "", region);
}

/** S3 takes only a key of the bucket's own region: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html */
function wrongRegion(arn: string, region: string): KeyResolution {
  const message = `KMS key '${arn}' is not in ${region}, where the bucket is: name a key of that region`;
  return { failure: { reason: REASON.kmsKeyWrongRegion, message, terminal: true } };
}

async function resolveManagedKey(
  client: KeyClient,
  { object, owner, beginWork }: KeyRequest,
  spec: ManagedKeyRequest["spec"],
): Promise<KeyResolution> {
  const request = {
    spec,
    owner,
    known: object.status?.kmsKeyArn,
    workBegun: object.status?.managedKey?.workBegun === true,
    beginWork,
    observe: object.spec.mode === "Observe",
  };
  try {
    const key = await ensureManagedKey(client, request);
    return key === undefined ? planned(managedAlias(spec, owner)) : usable(managedAlias(spec, owner), key);
  } catch (error) {
    if (error instanceof Failed) return { failure: error.failure };
    const failure = awsFailure(error, { action: "kms:CreateKey, kms:CreateAlias and the others of its statement" });
    if (failure === undefined) throw error;
    return { failure };
  }
}

function planned(alias: string): KeyResolution {
  const message = `Observe mode: KMS key '${alias}' would be created`;
  return { failure: { reason: REASON.changesPlanned, message, retryAfterMs: 600_000 } };
}
