import { DeleteRoleCommand, DeleteRolePolicyCommand, DetachRolePolicyCommand } from "@aws-sdk/client-iam";
import { ownershipOf, type Owner } from "../../../api/ownership.ts";
import { REASON } from "../../../api/reasons.ts";
import type { BucketAccess } from "../../../api/types.ts";
import { findCondition } from "../../../kube/conditions.ts";
import { unlessGone } from "../../../reconcile/aws-failure.ts";
import { DELAY_MS } from "../../../reconcile/delays.ts";
import type { History } from "../../../reconcile/history.ts";
import { again } from "../../../reconcile/outcome.ts";
import { creationOf } from "./create.ts";
import { findRole, policiesOf, POLICY_NAME, tagsOfRole } from "./observe.ts";
import type { RoleClient } from "./role-client.ts";

/**
 * Deletes the owner's role and its policies; false if there is none with the owner's tags. IAM does not delete a role
 * that has policies: https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html
 * Throws an OutcomeError if a role that was just created is not visible yet: the object must not be deleted before it.
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
      `Waiting until IAM shows role '${arn}', which was just created, to delete it`,
      DELAY_MS.visible,
    );
  }
  if (role === undefined || ownershipOf(tagsOfRole(role), owner) !== "Ours") return false;
  const { inline, attached } = await policiesOf(client);
  // The list may not show a policy that was just written.
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
