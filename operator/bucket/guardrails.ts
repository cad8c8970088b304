import { guardrailViolation, type Ask } from "../account/guardrails.ts";
import { REASON } from "../api/reasons.ts";
import type { S3Bucket, S3BucketSpec } from "../api/types.ts";
import { bucketArn, partitionOf } from "../aws/arn.ts";
import type { OutcomeError } from "../kube/outcome.ts";
import { stalled } from "../reconcile/outcome.ts";
import { matchingPatterns } from "./naming.ts";
import { SETTINGS } from "./settings/index.ts";
import type { Address } from "./target.ts";

/** Why the account does not allow the S3Bucket: its name, or its guardrails. Undefined: it is allowed. Pure. */
export function bucketViolation({ spec }: S3Bucket, address: Address): OutcomeError | undefined {
  return nameNotAllowed(spec, address) ?? guardrailViolation(address.account, asksOf(spec, address));
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
