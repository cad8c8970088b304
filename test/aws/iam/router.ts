/** IAM: https://docs.aws.amazon.com/IAM/latest/APIReference/welcome.html */

import { AwsError } from "../errors.ts";
import { queryService, type QueryAction } from "../query.ts";
import type { Failure, Service } from "../service.ts";
import type { World } from "../state.ts";
import { iamContext } from "./access.ts";
import { attachedPolicyActions } from "./attached-policies.ts";
import { checkRegion } from "./global-region.ts";
import { inlinePolicyActions } from "./inline-policies.ts";
import { managedPolicyActions } from "./managed-policies.ts";
import { oidcProviderActions } from "./oidc-providers.ts";
import { roleActions } from "./roles.ts";
import { simulatePrincipalPolicy } from "./simulate.ts";
import { tagActions } from "./tags.ts";
import { trustPolicyActions } from "./trust-policy.ts";

/** All IAM operations of the simulator. */
const ACTIONS: QueryAction[] = [
  ...roleActions,
  ...trustPolicyActions,
  ...inlinePolicyActions,
  ...attachedPolicyActions,
  ...managedPolicyActions,
  ...tagActions,
  ...oidcProviderActions,
  simulatePrincipalPolicy,
];

export const IAM_OPERATIONS = ACTIONS.map(({ operation }) => operation);

export function iam(world: World): Service {
  return queryService(world, {
    name: "iam",
    namespace: "https://iam.amazonaws.com/doc/2010-05-08/",
    actions: ACTIONS,
    check: checkRegion,
    context: iamContext,
    failure,
  });
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html#API_CreateRole_Errors */
function failure(kind: Failure): AwsError | undefined {
  if (kind === "internalError")
    return new AwsError(
      500,
      "ServiceFailure",
      "The request processing has failed because of an unknown error, exception or failure.",
    );
  if (kind !== "operationAborted") return undefined;
  const message =
    "The request was rejected because multiple requests to change this object were submitted simultaneously.";
  return new AwsError(409, "ConcurrentModification", message);
}
