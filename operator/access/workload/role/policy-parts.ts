import { REASON } from "../../../api/reasons.ts";
import { compare } from "../../../reconcile/change.ts";
import { DELAY_MS } from "../../../reconcile/delays.ts";
import { failed, type Failure } from "../../../reconcile/outcome.ts";
import type { WritablePart } from "../../../reconcile/part.ts";
import type { DesiredRole } from "../desired.ts";
import type { RoleObservation } from "./observe.ts";
import type { OwnRole } from "./parts.ts";
import { attachPolicy, deleteInlinePolicy, detachPolicy } from "./write-policies.ts";

/** Policies that no BucketAccess asks for: only BucketAccesses decide what the role may do. */
export function otherPolicies(
  {
    client,
    desired,
    unseen,
  }: Pick<OwnRole, "client" | "unseen"> & { desired: Pick<DesiredRole, "policyNames" | "policyArns"> },
  { policies }: Pick<RoleObservation, "policies">,
): WritablePart {
  const inline = (policies?.inline ?? []).filter((name) => !desired.policyNames.includes(name));
  const attached = (policies?.attached ?? []).filter((arn) => !desired.policyArns.allowed.includes(arn));
  return {
    name: "otherPolicies",
    desired: [desired.policyNames, desired.policyArns.allowed],
    changes: [...inline, ...attached].flatMap((name) => compare(`[${name}]`, undefined, name)),
    write: async () => {
      const { policyNames, policyArns } = await unseen();
      for (const name of inline) if (!policyNames.includes(name)) await deleteInlinePolicy(client, name);
      for (const arn of attached) if (!policyArns.includes(arn)) await detachPolicy(client, arn);
    },
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
