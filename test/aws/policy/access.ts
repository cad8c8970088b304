/** Whether policies let a caller do what its request takes. */

import { deniedMessage } from "../errors.ts";
import type { Json } from "../policy-json.ts";
import type { Operation } from "../service.ts";
import type { Identity, World } from "../state.ts";
import type { RequestContext } from "./evaluate.ts";
import { policiesOf, principalContext } from "./principal.ts";

/** One action on one resource, which a request takes. */
export interface Access {
  /** IAM action. */
  action: string;
  /** ARN; "*" for actions that are about no resource. */
  resource: string;
  /** Account that owns the resource. */
  owner: string;
  /** The resource's own policy, if it has one. */
  policy?: Json | undefined;
  /** Condition keys besides those of the principal. */
  context?: RequestContext;
  /** S3's setting RestrictPublicBuckets holds for the resource. */
  restrictPublicBuckets?: boolean;
}

export interface Denial {
  action: string;
  /** Undefined: whatever the resource is. */
  resource: string | undefined;
  /** AWS's words for why, such as "because no identity-based policy allows the s3:GetObject action". */
  because: string;
}

/** What of this operation the policies deny; nothing while policies are not evaluated. */
export async function deniedByPolicies(world: World, operation: Operation, caller: Identity): Promise<Denial[]> {
  if (!world.evaluatePolicies) return [];
  const denials: Denial[] = [];
  for (const access of accessesOf(operation, caller)) {
    const because = await denialOfAccess(world, caller, access);
    if (because === undefined) continue;
    denials.push({ action: access.action, resource: access.resource, because });
    if (!operation.partial) break;
  }
  return denials;
}

/** The message of a denial for this part of a request, if there is one. */
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
  // A user may do everything that no resource's policy is against. Bulk work of a person need not be slow.
  if (caller.session === undefined && caller.accountId === access.owner && access.policy === undefined)
    return undefined;
  // The evaluator is large, and most tests evaluate nothing.
  const { denialOf } = await import("./evaluate.ts");
  const { action, resource, owner: resourceAccount, context, restrictPublicBuckets } = access;
  const question = {
    principal: caller.arn,
    action,
    resource,
    resourceAccount,
    context: { ...principalContext(world, caller), "aws:ResourceAccount": resourceAccount, ...context },
    ...(restrictPublicBuckets !== undefined && { restrictPublicBuckets }),
  };
  return denialOf(question, { ...policiesOf(world, caller), resource: access.policy });
}
