/** Evaluates trust policies, also while other policies are not evaluated. */

import { shownPolicy } from "../policy-json.ts";
import { lookUpRole } from "../s3/policy-principals.ts";
import type { Identity, Role, World } from "../state.ts";
import type { RequestContext } from "./evaluate.ts";
import { policiesOf, principalContext } from "./principal.ts";

/** The caller that asks to assume a role. */
export interface Candidate {
  /** sts:AssumeRole, sts:AssumeRoleWithWebIdentity or sts:TagSession. */
  action: string;
  /** An identity, the ARN of an identity provider, or the name of a service. */
  principal: Identity | string;
  context: RequestContext;
}

/** The role, if it exists and trusts the candidate. As at AWS, the caller cannot tell the two cases apart. */
export async function trustingRole(world: World, roleArn: string, candidate: Candidate): Promise<Role | undefined> {
  const role = lookUpRole(world, roleArn);
  if (role === undefined || role.arn !== roleArn) return undefined;
  return (await trusts(world, role, candidate)) ? role : undefined;
}

async function trusts(world: World, role: Role, { action, principal, context }: Candidate): Promise<boolean> {
  // Imported on demand: the evaluator is large, and most tests assume no role.
  const { denialOf } = await import("./evaluate.ts");
  const isIdentity = typeof principal !== "string";
  const question = {
    principal: isIdentity ? principal.arn : principal,
    action,
    resource: role.arn,
    resourceAccount: role.arn.split(":")[4] ?? "",
    context: { ...(isIdentity && principalContext(world, principal)), ...context },
  };
  const own = isIdentity ? policiesOf(world, principal) : NO_POLICIES;
  return (await denialOf(question, { ...own, resource: shownPolicy(world, role.assumeRolePolicy) })) === undefined;
}

const NO_POLICIES = { identity: [], permissionsBoundary: undefined, session: undefined };
