import { DeleteRoleCommand, DeleteRolePolicyCommand, DetachRolePolicyCommand } from "@aws-sdk/client-iam";
import { REASON } from "../../../api/reasons.ts";
import type { BucketAccess } from "../../../api/types.ts";
import type { History } from "../../../reconcile/history.ts";
import { findCondition } from "../../../kube/conditions.ts";
import { again } from "../../../reconcile/outcome.ts";
import { type Owner, ownershipOf } from "../../../api/ownership.ts";
import { creationOf } from "./create.ts";
import { findRole, POLICY_NAME, policiesOf, tagsOfRole, unlessGone } from "./observe.ts";
import type { RoleClient } from "./role-client.ts";

const LOOK_AGAIN_MS = 5_000;

/**
 * Deletes the owner's role with what is on it, whatever of it is gone already; false: there was none, or it is not tagged as the owner's.
 * A role that still has policies cannot be deleted: https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html
 * Throws an OutcomeError where the role was just made and has not been seen since: the object must not go without it.
 */
export async function removeRole(
  client: RoleClient,
  owner: Owner,
  history: History,
  { metadata: { uid = "" }, status }: BucketAccess,
): Promise<boolean> {
  const { iam, ref, arn, options } = client;
  const role = await findRole(client);
  const wasSeen = findCondition(status, "Ready")?.status === "True";
  if (role === undefined && !wasSeen && history.judge(uid, creationOf(ref.RoleName)) === "Settling") {
    throw again(
      REASON.settling,
      `Waiting for role '${arn}', which was just made, to be seen and deleted`,
      LOOK_AGAIN_MS,
    );
  }
  if (role === undefined || ownershipOf(tagsOfRole(role), owner) !== "Ours") return false;
  const { inline, attached } = await policiesOf(client);
  // Ours, even if it was just written and is not in the list yet.
  for (const PolicyName of new Set([POLICY_NAME, ...inline])) {
    const command = new DeleteRolePolicyCommand({ ...ref, PolicyName });
    await unlessGone(iam.send(command, options), "iam:DeleteRolePolicy", arn);
  }
  for (const PolicyArn of attached) {
    const command = new DetachRolePolicyCommand({ ...ref, PolicyArn });
    await unlessGone(iam.send(command, options), "iam:DetachRolePolicy", arn);
  }
  await unlessGone(iam.send(new DeleteRoleCommand(ref), options), "iam:DeleteRole", arn);
  history.forget(uid);
  return true;
}
