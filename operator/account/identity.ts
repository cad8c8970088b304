import type { AWSAccount } from "../api/types.ts";
import type { Identity } from "../aws/session.ts";

/** As whom the operator works in an account. */
export function identityOf({ spec }: AWSAccount): Identity {
  const { accountId, region, assumeRole } = spec;
  return { accountId, region, ...(assumeRole && { assumeRole }) };
}
