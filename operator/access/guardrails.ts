import { guardrailViolation } from "../account/guardrails.ts";
import type { AWSAccount, BucketAccess } from "../api/types.ts";
import type { OutcomeError } from "../kube/outcome.ts";

/** Throws an OutcomeError where the guardrails of the account forbid the accounts of the principals. */
export function refuseBeyondGuardrails(object: BucketAccess, account: AWSAccount): void {
  const violation = violationOf(object, account);
  if (violation !== undefined) throw violation;
}

export function violationOf(
  { spec: { principals = [] } }: BucketAccess,
  account: AWSAccount,
): OutcomeError | undefined {
  return guardrailViolation(
    account,
    principals.map((named) => ({ kind: "Account", field: "spec.principals", named })),
  );
}
