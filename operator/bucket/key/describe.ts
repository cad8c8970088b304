import { DescribeKeyCommand, type KeyMetadata } from "@aws-sdk/client-kms";
import { REASON } from "../../api/reasons.ts";
import { awsErrorKind, awsFailure } from "../../aws/errors.ts";
import type { Failure } from "../../kube/outcome.ts";
import type { KeyClient } from "./key-client.ts";

/** The ARN of a key that can be used; undefined: none is asked for, and S3 takes the account's own. */
export type KeyResolution = { arn: string | undefined; failure?: never } | { arn?: never; failure: Failure };

/** A key that is unusable, or out of our reach, is for a person to mend, perhaps right now. */
const RETRY_MS = 120_000;

/** What KMS says of a key, by id, ARN or alias; undefined if there is none. https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html */
export async function describeKey({ kms, options }: KeyClient, key: string): Promise<KeyMetadata | undefined> {
  try {
    return (await kms.send(new DescribeKeyCommand({ KeyId: key }), options)).KeyMetadata;
  } catch (error) {
    if (awsErrorKind(error) === "NotFound") return undefined;
    throw error;
  }
}

/** A key that somebody else made, by ARN or alias. */
export async function resolveNamedKey(client: KeyClient, key: string): Promise<KeyResolution> {
  try {
    const metadata = await describeKey(client, key);
    return metadata === undefined ? { failure: notFound(key, client) } : usable(key, metadata);
  } catch (error) {
    const failure = awsFailure(error, { action: "kms:DescribeKey", resource: key });
    if (failure === undefined) throw error;
    // S3 takes an ARN without asking KMS, and whoever names another account's key may not be allowed to look at it.
    return failure.reason === "AccessDenied" && key.startsWith("arn:") ? { arn: key } : { failure };
  }
}

/** In any other state than Enabled every read and write of objects fails: https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html */
export function usable(key: string, { Arn, KeyState }: KeyMetadata): KeyResolution {
  if (Arn !== undefined && KeyState === "Enabled") return { arn: Arn };
  const help = KeyState === "PendingDeletion" ? "cancel its deletion and enable it" : "enable it";
  const message = `KMS key '${key}' is ${KeyState ?? "in no known state"}, so that objects can be neither read nor written: ${help}, or name another key`;
  return { failure: { reason: REASON.kmsKeyNotUsable, message, terminal: true, retryAfterMs: RETRY_MS } };
}

function notFound(key: string, { region, accountId }: KeyClient): Failure {
  const message = `KMS key '${key}' does not exist in region ${region} as seen from account ${accountId}: create it, or correct spec.encryption.kmsKey`;
  return { reason: REASON.kmsKeyNotFound, message, terminal: true, retryAfterMs: RETRY_MS };
}
