import type { AWSAccount } from "../api/types.ts";
import type { Identity } from "../aws/session.ts";

/** The identity with which the operator works in the account. */
export function identityOf({ spec }: AWSAccount): Identity {
  const { accountId, region, assumeRole } = spec;
  return { accountId, region, ...(assumeRole && { assumeRole }) };
}
