import type { PolicyStatus } from "../../api/types.ts";
import { policyBytes, type PolicyDocument } from "../../aws/policy/document.ts";
import { externalAccess, principalNames, type Home } from "../../aws/policy/external-access.ts";
import { foreignStatements } from "./compose.ts";

/** Limits of the CRD's status. */
const MAX_NAMES = 100;
const MAX_NAME = 256;
const MAX_EXTERNAL_ACCESS = 20;
const MAX_PRINCIPALS = 10;

/** `home` undefined: external access is not reported. */
export function policyStatus(observed: PolicyDocument, home: Home | undefined): PolicyStatus {
  const foreign = foreignStatements(observed.Statement);
  const external = home === undefined ? [] : externalStatements(foreign, home);
  return {
    bytes: policyBytes(observed),
    unmanagedStatements: foreign.map(({ name }) => name.slice(0, MAX_NAME)).slice(0, MAX_NAMES),
    ...(external.length > 0 && { externalAccess: external.slice(0, MAX_EXTERNAL_ACCESS) }),
  };
}

function externalStatements(
  foreign: ReturnType<typeof foreignStatements>,
  home: Home,
): NonNullable<PolicyStatus["externalAccess"]> {
  return foreign.flatMap(({ name, statement }) => {
    const access = externalAccess(statement, home);
    if (access === undefined) return [];
    const principals = principalNames(statement).map((principal) => principal.slice(0, MAX_NAME));
    return [{ statement: name.slice(0, MAX_NAME), access, principals: principals.slice(0, MAX_PRINCIPALS) }];
  });
}
