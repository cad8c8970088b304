import { DeleteRoleCommand, DeleteRolePolicyCommand, DetachRolePolicyCommand } from "@aws-sdk/client-iam";
import { REASON } from "../../api/reasons.ts";
import type { History } from "../../history.ts";
import { again } from "../../kube/stop.ts";
import { type Owner, ownershipOf } from "../../ownership.ts";
import { creationOf } from "./create.ts";
import { findRole, POLICY_NAME, policiesOf, tagsOfRole, unlessGone } from "./look.ts";
import type { RoleClient } from "./role-client.ts";

const LOOK_AGAIN_MS = 5_000;

/**
 * Deletes the owner's role with what is on it, whatever of it is gone already; false: there was none, or it is not tagged as the owner's.
 * A role that still has policies cannot be deleted: https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html
 * @param uid of the BucketAccess; one whose role was just made, and is not to be seen yet, must not go without it: throws a Stop
 */
export async function removeRole(client: RoleClient, owner: Owner, history: History, uid: string): Promise<boolean> {
  const { iam, ref, arn, options } = client;
  const role = await findRole(client);
  if (role === undefined && history.judge(uid, creationOf(ref.RoleName)) === "Settling") {
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
