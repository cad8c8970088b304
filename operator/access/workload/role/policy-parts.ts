import { REASON } from "../../../api/reasons.ts";
import { compare } from "../../../reconcile/change.ts";
import { DELAY_MS } from "../../../reconcile/delays.ts";
import { failed, type Failure } from "../../../reconcile/outcome.ts";
import type { WritablePart } from "../../../reconcile/part.ts";
import type { DesiredRole } from "../desired.ts";
import type { RoleObservation, RolePolicies } from "./observe.ts";
import type { OwnRole } from "./parts.ts";
import type { RoleClient } from "./role-client.ts";
import type { Spared } from "./spared.ts";
import { attachPolicy, deleteInlinePolicy, detachPolicy } from "./write-policies.ts";

/** The policies of a role that it may have. */
type Declared = Pick<DesiredRole, "policyNames" | "policyArns">;

/** Policies that no BucketAccess asks for: only BucketAccesses decide what the role may do. */
export function otherPolicies(
  client: RoleClient,
  desired: Declared,
  { policies }: Pick<RoleObservation, "policies">,
  spared: Pick<Spared, "policyNames" | "policyArns">,
): WritablePart {
  const { inline, attached } = surplusOf(desired, policies, spared);
  return {
    name: "otherPolicies",
    desired: [desired.policyNames, desired.policyArns.allowed],
    changes: [...inline, ...attached].flatMap((name) => compare(`[${name}]`, undefined, name)),
    write: async () => {
      for (const name of inline) await deleteInlinePolicy(client, name);
      for (const arn of attached) await detachPolicy(client, arn);
    },
  };
}

/** What the role has beyond that; nothing if its policies were not read. */
export function surplusOf(
  { policyNames, policyArns }: Declared,
  { inline, attached }: RolePolicies = { inline: [], attached: [] },
  spared: Pick<Spared, "policyNames" | "policyArns"> = { policyNames: [], policyArns: [] },
): RolePolicies {
  return {
    inline: inline.filter((name) => !policyNames.includes(name) && !spared.policyNames.includes(name)),
    attached: attached.filter((arn) => !policyArns.allowed.includes(arn) && !spared.policyArns.includes(arn)),
  };
}

/** Managed policies that BucketAccesses ask for. The permissions boundary, which limits them, must be there first. */
export function attachedPolicies(
  { client, desired }: OwnRole,
  { policies }: RoleObservation,
  isBounded: () => boolean,
): WritablePart {
  const missing = desired.policyArns.wanted.filter((arn) => policies?.attached.includes(arn) === false);
  return {
    name: "attachedPolicies",
    desired: desired.policyArns.wanted,
    changes: missing.flatMap((arn) => compare(`[${arn}]`, arn, undefined)),
    write: async () => {
      if (!isBounded()) throw failed(NOT_BOUNDED);
      for (const arn of missing) await attachPolicy(client, arn);
    },
  };
}

const NOT_BOUNDED: Failure = {
  reason: REASON.settling,
  message: "Managed policies are attached once the role has its permissions boundary",
  retryAfterMs: DELAY_MS.settling,
};
