/** Checks whether policies allow a caller's request. */

import { deniedMessage } from "../errors.ts";
import type { Json } from "../policy-json.ts";
import type { Operation } from "../service.ts";
import type { Identity, World } from "../state.ts";
import type { RequestContext } from "./evaluate.ts";
import { policiesOf, principalContext, principalOf } from "./principal.ts";

/** One action on one resource that a request needs. */
export interface Access {
  /** IAM action. */
  action: string;
  /** ARN; "*" for actions without a resource. */
  resource: string;
  /** Account that owns the resource. */
  owner: string;
  /** The resource-based policy, if there is one. */
  policy?: Json | undefined;
  /** Condition keys, without those of the principal. */
  context?: RequestContext;
  /** RestrictPublicBuckets applies to the resource. */
  restrictPublicBuckets?: boolean;
  /** An ACL allows it where no policy denies it. */
  allowedByAcl?: boolean;
}

export interface Denial {
  action: string;
  /** Undefined for a denial of the action on all resources. */
  resource: string | undefined;
  /** The reason in AWS's words, such as "because no identity-based policy allows the s3:GetObject action". */
  because: string;
}

/**
 * The accesses of this operation that policies deny. Empty while policies are not evaluated, unless it comes from
 * outside.
 */
export async function deniedByPolicies(world: World, operation: Operation, caller: Identity): Promise<Denial[]> {
  if (!world.evaluatePolicies && caller.outside === undefined) return [];
  const denials: Denial[] = [];
  for (const access of accessesOf(operation, caller)) {
    const because = await denialOfAccess(world, caller, access);
    if (because === undefined) continue;
    denials.push({ action: access.action, resource: access.resource, because });
    if (!operation.partial) break;
  }
  return denials;
}

/** The denial message for this part of a request, if it is denied. */
export function denialMessage(
  denials: readonly Denial[],
  { arn }: Identity,
  action: string,
  resource: string,
): string | undefined {
  const denial = denials.find((each) => each.action === action && (each.resource ?? resource) === resource);
  return denial && deniedMessage(arn, action, resource, denial.because);
}

function accessesOf(operation: Operation, caller: Identity): Access[] {
  if (operation.accesses !== undefined) return operation.accesses(caller);
  const access = (action: string) => ({
    action,
    resource: operation.resourceOf(action, caller),
    owner: caller.accountId,
  });
  return operation.actions.map(access);
}

async function denialOfAccess(world: World, caller: Identity, access: Access): Promise<string | undefined> {
  // Users have full rights where no resource-based policy denies them. Skipping the evaluator keeps bulk calls fast.
  if (caller.session === undefined && caller.accountId === access.owner && access.policy === undefined)
    return undefined;
  // Imported on demand: the evaluator is large, and most tests do not need it.
  const { denialOf } = await import("./evaluate.ts");
  const { action, resource, owner: resourceAccount, context, restrictPublicBuckets } = access;
  const question = {
    principal: principalOf(caller),
    action,
    resource,
    resourceAccount,
    context: { ...principalContext(world, caller), "aws:ResourceAccount": resourceAccount, ...context },
    ...(restrictPublicBuckets !== undefined && { restrictPublicBuckets }),
  };
  const denial = await denialOf(question, { ...policiesOf(world, caller), resource: access.policy });
  return access.allowedByAcl === true && denial?.startsWith("with an explicit deny") !== true ? undefined : denial;
}
