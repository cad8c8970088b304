/** STS: https://docs.aws.amazon.com/STS/latest/APIReference/welcome.html */

import type { AwsRequest } from "../http.ts";
import { queryService, type QueryAction } from "../query.ts";
import type { Service } from "../service.ts";
import type { World } from "../state.ts";
import { assumeRoleWithWebIdentity } from "./assume-role-with-web-identity.ts";
import { assumeRole } from "./assume-role.ts";
import { getCallerIdentity } from "./get-caller-identity.ts";

/** All STS operations of the simulator. */
const ACTIONS: QueryAction[] = [getCallerIdentity, assumeRole, assumeRoleWithWebIdentity];

export const STS_OPERATIONS = ACTIONS.map(({ operation }) => operation);

/** Recognizes unsigned STS calls by their body, because no signature names the service. */
export function isUnsignedSts({ method, path, headers, body }: AwsRequest): boolean {
  if (method !== "POST" || path !== "/" || headers["authorization"] !== undefined) return false;
  const action = new URLSearchParams(body.toString("utf8")).get("Action");
  return ACTIONS.some(({ unsigned, operation }) => unsigned === true && operation === action);
}

export function sts(world: World): Service {
  return queryService(world, {
    name: "sts",
    namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
    actions: ACTIONS,
  });
}
