import { GetBucketPolicyCommand, GetBucketVersioningCommand } from "@aws-sdk/client-s3";
import { REASON } from "../../../api/reasons.ts";
import { awsErrorKind } from "../../../aws/errors.ts";
import { awsFailure } from "../../../reconcile/aws-failure.ts";
import { describeDenial, parseDenial } from "../../../aws/denial.ts";
import type { BucketClient } from "../../bucket-client.ts";
import { asList, parsePolicy, type PolicyDocument } from "../../../aws/policy/document.ts";
import { globMatches } from "../../../aws/policy/glob.ts";
import { failed, stalled, waiting } from "../../../reconcile/outcome.ts";
import { describeProtection, protectionOf } from "./protection.ts";
import type { Refused } from "./tally.ts";
import { shownKey } from "./versions.ts";

const DENIED_RETRY_MS = 300_000;
/** Also before a retention ends, since a user with permission can lift it. */
const LOCKED_RECHECK_MS = 3_600_000;

/** Why S3 refuses a deletion. The operator never bypasses a protection. `now` in milliseconds since the epoch. */
export async function obstacleOf(bucket: BucketClient, refused: Refused, now: number): Promise<Error> {
  const { key, versionId, error } = refused;
  if (awsErrorKind(error) !== "AccessDenied") return refusal(bucket, refused);
  if (versionId === undefined) return denial(bucket, refused, "s3:AbortMultipartUpload");
  if (await hasMfaDelete(bucket)) return mfaDelete(bucket);
  const protection = await protectionOf(bucket, { key, versionId }, now);
  if (protection.kind === "None") return denial(bucket, refused, "s3:DeleteObjectVersion");
  const message = `${describeProtection({ key, versionId }, protection)}. To keep the bucket, set spec.deletionPolicy to Retain`;
  if (protection.kind === "LegalHold") return stalled(REASON.objectOnLegalHold, message, LOCKED_RECHECK_MS);
  const leftMs = protection.until.getTime() - now;
  return waiting(REASON.objectLocked, message, Math.min(leftMs, LOCKED_RECHECK_MS));
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiFactorAuthenticationDelete.html */
async function hasMfaDelete({ s3, ref, options }: BucketClient): Promise<boolean> {
  const { MFADelete } = await s3.send(new GetBucketVersioningCommand(ref), options);
  return MFADelete === "Enabled";
}

function mfaDelete({ name }: BucketClient): Error {
  const message =
    `Bucket '${name}' has MFA delete enabled, so that only the account's root user can delete versions, with its MFA device: ` +
    "disable it as that user, or set spec.deletionPolicy to Retain";
  return stalled(REASON.mfaDeleteEnabled, message, LOCKED_RECHECK_MS);
}

async function denial(bucket: BucketClient, { key, error }: Refused, action: string): Promise<Error> {
  const { because, principal } = parseDenial(error instanceof Error ? error.message : "");
  const resource = `${bucket.arn}/*`;
  const why = describeDenial({ action, resource, ...(because && { because }), ...(principal && { principal }) });
  const statements = await denyingStatements(bucket, action);
  const policy =
    statements.length === 0 ? "" : ` These statements of the bucket policy may deny it: ${statements.join(", ")}.`;
  const message = `Object ${shownKey(key)} cannot be deleted. ${why}${policy}`;
  return failed({ reason: "AccessDenied", message, retryAfterMs: DENIED_RETRY_MS });
}

/** Sids of the statements that may deny the action; empty if the policy cannot be read. */
async function denyingStatements({ s3, ref, options }: BucketClient, action: string): Promise<string[]> {
  try {
    const { Policy } = await s3.send(new GetBucketPolicyCommand(ref), options);
    return statementsDenying(parsePolicy(Policy), action);
  } catch {
    options.abortSignal.throwIfAborted();
    return [];
  }
}

/** Sids of the statements that may deny `action` to any principal; `#` and its place if there is no Sid. Pure. */
export function statementsDenying({ Statement }: PolicyDocument, action: string): string[] {
  const matches = (patterns: string | string[] | undefined) =>
    asList(patterns).some((pattern) => globMatches(pattern.toLowerCase(), action.toLowerCase()));
  return Statement.flatMap(({ Effect, Action, NotAction, Sid }, index) => {
    const denies = Effect === "Deny" && (Action === undefined ? !matches(NotAction) : matches(Action));
    return denies ? [Sid || `#${index + 1}`] : [];
  });
}

function refusal({ arn }: BucketClient, { key, error }: Refused): Error {
  const failure = awsFailure(error, { action: "s3:DeleteObjectVersion", resource: `${arn}/*` });
  if (failure === undefined) throw error;
  return failed({ ...failure, message: `Object ${shownKey(key)}: ${failure.message}` });
}
