import { GetBucketPolicyCommand, GetBucketVersioningCommand } from "@aws-sdk/client-s3";
import { REASON } from "../../../api/reasons.ts";
import { describeDenial, parseDenial } from "../../../aws/denial.ts";
import { awsErrorKind } from "../../../aws/errors.ts";
import { coversAction } from "../../../aws/policy/covers.ts";
import { parsePolicy, statementName, type PolicyDocument } from "../../../aws/policy/document.ts";
import { awsFailure } from "../../../reconcile/aws-failure.ts";
import { DELAY_MS } from "../../../reconcile/delays.ts";
import { failed, stalled, waiting } from "../../../reconcile/outcome.ts";
import type { BucketClient } from "../../bucket-client.ts";
import { describeProtection, protectionOf } from "./protection.ts";
import type { Refused } from "./tally.ts";
import { shownKey } from "./versions.ts";

/** The outcome after S3 refused a deletion. Never bypasses a protection. `now` in milliseconds since the epoch. */
export async function obstacleOf(bucket: BucketClient, refused: Refused, now: number): Promise<Error> {
  const { key, versionId, error } = refused;
  if (awsErrorKind(error) !== "AccessDenied") return refusal(bucket, refused);
  if (versionId === undefined) return denial(bucket, refused, "s3:AbortMultipartUpload");
  if (await hasMfaDelete(bucket)) return mfaDelete(bucket);
  const protection = await protectionOf(bucket, { key, versionId }, now);
  if (protection.kind === "None") return denial(bucket, refused, "s3:DeleteObjectVersion");
  const message = `${describeProtection({ key, versionId }, protection)}. To keep the bucket, set spec.deletionPolicy to Retain`;
  if (protection.kind === "LegalHold") return stalled(REASON.objectOnLegalHold, message, DELAY_MS.lockedObject);
  const leftMs = protection.until.getTime() - now;
  return waiting(REASON.objectLocked, message, Math.min(leftMs, DELAY_MS.lockedObject));
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiFactorAuthenticationDelete.html */
async function hasMfaDelete({ s3, ref, options }: BucketClient): Promise<boolean> {
  const { MFADelete } = await s3.send(new GetBucketVersioningCommand(ref), options);
  return MFADelete === "Enabled";
}

function mfaDelete({ name }: BucketClient): Error {
  const message =
    `Bucket '${name}' has MFA delete enabled, so that only the account's root user can delete versions, with its MFA device: ` +
    "have the root user disable it, or set spec.deletionPolicy to Retain";
  return stalled(REASON.mfaDeleteEnabled, message, DELAY_MS.lockedObject);
}

async function denial(bucket: BucketClient, { key, error }: Refused, action: string): Promise<Error> {
  const { because, principal } = parseDenial(error instanceof Error ? error.message : "");
  const resource = `${bucket.arn}/*`;
  const why = describeDenial({ action, resource, ...(because && { because }), ...(principal && { principal }) });
  const statements = await denyingStatements(bucket, action);
  const policy =
    statements.length === 0 ? "" : ` These statements of the bucket policy may deny it: ${statements.join(", ")}.`;
  const message = `Object ${shownKey(key)} cannot be deleted. ${why}${policy}`;
  return failed({ reason: "AccessDenied", message, retryAfterMs: DELAY_MS.denied });
}

/** Empty if the policy cannot be read: the denial itself is reported anyway. */
async function denyingStatements({ s3, ref, options }: BucketClient, action: string): Promise<string[]> {
  try {
    const { Policy } = await s3.send(new GetBucketPolicyCommand(ref), options);
    return statementsDenying(parsePolicy(Policy), action);
  } catch {
    options.abortSignal.throwIfAborted();
    return [];
  }
}

/** Names of the statements that deny `action` to some principal under some condition. Pure. */
export function statementsDenying({ Statement }: PolicyDocument, action: string): string[] {
  return Statement.flatMap((statement, index) => {
    const denies = statement.Effect === "Deny" && coversAction(statement, action);
    return denies ? [statementName(statement, index)] : [];
  });
}

/** Any other error, with the key. */
function refusal({ arn }: BucketClient, { key, error }: Refused): Error {
  const failure = awsFailure(error, { action: "s3:DeleteObjectVersion", resource: `${arn}/*` });
  if (failure === undefined) throw error;
  return failed({ ...failure, message: `Object ${shownKey(key)}: ${failure.message}` });
}
