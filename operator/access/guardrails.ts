import { guardrailViolation } from "../account/guardrails.ts";
import type { AWSAccount, BucketAccess } from "../api/types.ts";
import type { Failed } from "../kube/stop.ts";

/** Throws a Stop where the account does not let in the accounts of the principals. */
export function refuseBeyondGuardrails(object: BucketAccess, account: AWSAccount): void {
  const violation = violationOf(object, account);
  if (violation !== undefined) throw violation;
}

export function violationOf({ spec: { principals = [] } }: BucketAccess, account: AWSAccount): Failed | undefined {
  return guardrailViolation(
    account,
    principals.map((named) => ({ kind: "Account", field: "spec.principals", named })),
  );
}
