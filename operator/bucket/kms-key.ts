import { DescribeKeyCommand, type KeyMetadata } from "@aws-sdk/client-kms";
import type { S3BucketSpec } from "../api/types.ts";
import { REASON } from "../api/reasons.ts";
import { awsErrorKind, awsFailure } from "../aws/errors.ts";
import type { AwsSession } from "../aws/session.ts";
import type { Failure } from "../kube/outcome.ts";

export type KeyResolution = { arn: string | undefined; failure?: never } | { arn?: never; failure: Failure };

/** Resolves `spec.encryption.kmsKey` to the ARN of a usable key. */
export type KeyResolver = (
  session: AwsSession,
  region: string,
  spec: S3BucketSpec,
  signal: AbortSignal,
) => Promise<KeyResolution>;

/** Longer than the usual poll interval, so that a bucket that nothing happens to costs no call to KMS; a key changes seldom. */
const CACHE_MS = 900_000;
/** A key that is unusable, or out of our reach, is for a person to mend, perhaps right now. */
const RETRY_MS = 120_000;

export function createKeyResolver(now: () => number): KeyResolver {
  const cache = new Map<string, { until: number; arn: string }>();

  return async (session, region, { encryption }, signal) => {
    const key = encryption?.kmsKey?.arn ?? encryption?.kmsKey?.alias;
    if (key === undefined) return { arn: undefined };
    const entry = `${session.accountId}/${session.callerArn}/${region}/${key}`;
    const cached = cache.get(entry);
    if (cached !== undefined && now() < cached.until) return { arn: cached.arn };
    cache.delete(entry);
    const resolution = await describeKey(session, region, key, signal);
    if (resolution.arn !== undefined) cache.set(entry, { until: now() + CACHE_MS, arn: resolution.arn });
    return resolution;
  };
}

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html */
async function describeKey(
  session: AwsSession,
  region: string,
  key: string,
  signal: AbortSignal,
): Promise<KeyResolution> {
  try {
    const { KeyMetadata } = await session
      .kms(region)
      .send(new DescribeKeyCommand({ KeyId: key }), { abortSignal: signal });
    return judge(key, KeyMetadata);
  } catch (error) {
    if (awsErrorKind(error) === "NotFound") return { failure: notFound(key, region, session.accountId) };
    const failure = awsFailure(error, { action: "kms:DescribeKey", resource: key });
    if (failure === undefined) throw error;
    // S3 takes an ARN without asking KMS, and whoever names another account's key may not be allowed to look at it.
    return failure.reason === "AccessDenied" && key.startsWith("arn:") ? { arn: key } : { failure };
  }
}

/** With a key in any other state every read and write of objects fails: https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html */
function judge(key: string, metadata: KeyMetadata | undefined): KeyResolution {
  const { Arn, KeyState } = metadata ?? {};
  if (Arn !== undefined && KeyState === "Enabled") return { arn: Arn };
  const help = KeyState === "PendingDeletion" ? "cancel its deletion and enable it" : "enable it";
  const message = `KMS key '${key}' is ${KeyState ?? "in no known state"}, so that objects could be neither read nor written: ${help}, or name another key`;
  return { failure: { reason: REASON.kmsKeyNotUsable, message, terminal: true, retryAfterMs: RETRY_MS } };
}

function notFound(key: string, region: string, accountId: string): Failure {
  const message = `KMS key '${key}' does not exist in region ${region} as seen from account ${accountId}: create it, or correct spec.encryption.kmsKey`;
  return { reason: REASON.kmsKeyNotFound, message, terminal: true, retryAfterMs: RETRY_MS };
}
