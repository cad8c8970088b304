import { guardrailViolation, type Ask } from "../account/guardrails.ts";
import type { AWSAccount, BucketAccess } from "../api/types.ts";
import type { OutcomeError } from "../kube/outcome.ts";

/** Why the account's guardrails forbid the access; undefined: they allow it. */
export function accessViolation(
  { metadata: { namespace = "" }, spec: { principals = [], bucket } }: BucketAccess,
  account: AWSAccount,
): OutcomeError | undefined {
  const asks = [
    ...principals.map((named) => inAccount("spec.principals", named)),
    ...(bucket?.accountId === undefined ? [] : [inAccount("spec.bucket.accountId", bucket.accountId)]),
    ...(bucket?.kmsKeyArn === undefined ? [] : [inAccount("spec.bucket.kmsKeyArn", bucket.kmsKeyArn)]),
  ];
  return guardrailViolation(account, asks, { namespace, ownBuckets: new Set() });
}

function inAccount(field: string, named: string): Ask {
  return { kind: "Account", field, named };
}
