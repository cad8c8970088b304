import { confirmsDeletionOf } from "../../api/annotations.ts";
import { CONFIRM_DELETE_CONTENTS } from "../../api/names.ts";
import { REASON } from "../../api/reasons.ts";
import type { AWSAccount, S3Bucket, S3BucketSpec } from "../../api/types.ts";
import type { OutcomeError } from "../../kube/outcome.ts";
import { DELAY_MS } from "../../reconcile/delays.ts";
import { waiting } from "../../reconcile/outcome.ts";

type DeletionPolicy = NonNullable<S3BucketSpec["deletionPolicy"]>;

/** The default of `allowedDeletionPolicies`. */
const ALLOWED: readonly DeletionPolicy[] = ["Retain", "DeleteIfEmpty"];

/** Why the bucket must not be touched: the AWSAccount forbids it, or a confirmation is missing. Pure. */
export function deletionViolation(object: S3Bucket, account: AWSAccount, bucketName: string): OutcomeError | undefined {
  const { deletionPolicy = "Retain" } = object.spec;
  const { allowedDeletionPolicies: allowed = ALLOWED } = account.spec;
  if (!allowed.includes(deletionPolicy)) return notAllowed(deletionPolicy, allowed, account, bucketName);
  if (deletionPolicy !== "DeleteWithContents" || confirmsDeletionOf(object, bucketName)) return undefined;
  return notConfirmed(object, bucketName);
}

function notAllowed(
  deletionPolicy: DeletionPolicy,
  allowed: readonly DeletionPolicy[],
  { metadata }: AWSAccount,
  bucketName: string,
): OutcomeError {
  const message =
    `Bucket '${bucketName}' is left as it is, because AWSAccount '${metadata.name}' does not allow deletionPolicy ${deletionPolicy}: ` +
    `set spec.deletionPolicy to ${allowed.join(" or ")}, or add ${deletionPolicy} to spec.allowedDeletionPolicies of the AWSAccount`;
  return waiting(REASON.deletionPolicyNotAllowed, message, DELAY_MS.deletionPolicy);
}

function notConfirmed({ metadata: { name, namespace = "" } }: S3Bucket, bucketName: string): OutcomeError {
  const message =
    `Bucket '${bucketName}' would be deleted with everything in it, permanently. To confirm it: ` +
    `kubectl annotate --overwrite s3bucket ${name} -n ${namespace} ${CONFIRM_DELETE_CONTENTS}=${bucketName}. ` +
    "To keep the bucket, set spec.deletionPolicy to Retain";
  return waiting(REASON.deletionNotConfirmed, message, DELAY_MS.deletionPolicy);
}
