import { guardrailViolation } from "../account/guardrails.ts";
import type { AWSAccount, BucketAccess } from "../api/types.ts";
import type { OutcomeError } from "../kube/outcome.ts";

/** Why the account's guardrails forbid the principals; undefined: they allow them. */
export function accessViolation(
  { metadata: { namespace = "" }, spec: { principals = [] } }: BucketAccess,
  account: AWSAccount,
): OutcomeError | undefined {
  return guardrailViolation(
    account,
    principals.map((named) => ({ kind: "Account", field: "spec.principals", named })),
    { namespace, ownBuckets: new Set() },
  );
}
