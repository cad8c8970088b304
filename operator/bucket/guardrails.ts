import { guardrailViolation } from "../account/guardrails.ts";
import { REASON } from "../api/reasons.ts";
import type { S3Bucket, S3BucketSpec } from "../api/types.ts";
import { stalled } from "../reconcile/outcome.ts";
import type { OutcomeError } from "../kube/outcome.ts";
import { asksOf } from "./asks.ts";
import { matchingPatterns } from "./naming.ts";
import type { Address } from "./target.ts";

/** What an S3Bucket must change before anything is done for it, since its account does not allow it; undefined: nothing. Pure, and before AWS is asked. */
export function beyondLimits({ spec }: S3Bucket, address: Address): OutcomeError | undefined {
  return nameNotAllowed(spec, address) ?? guardrailViolation(address.account, asksOf(spec, address));
}

function nameNotAllowed(spec: S3BucketSpec, { account, owner, bucketName, region }: Address): OutcomeError | undefined {
  const { allowedPatterns } = account.spec.naming ?? {};
  if (allowedPatterns === undefined) return undefined;
  const parts = { ...owner, account: account.spec.accountId, region };
  const { matches, own } = matchingPatterns(allowedPatterns, bucketName, parts);
  if (matches) return undefined;
  // Patterns without the namespace in them may be about others, who are nobody's business here.
  const allowed = own.length === 0 ? "" : ` (for this namespace: ${own.join(", ")})`;
  const remedy =
    spec.bucketName === undefined
      ? "the naming template does not fit them, ask the platform team, or create an S3Bucket with a bucketName"
      : "create an S3Bucket with another bucketName, or with none, which takes the account's template";
  const message = `Bucket name '${bucketName}' matches no pattern that AWSAccount '${account.metadata.name}' allows${allowed}: ${remedy}`;
  return stalled(REASON.bucketNameNotAllowed, message);
}
