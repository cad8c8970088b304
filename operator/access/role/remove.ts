import { DeleteRoleCommand, DeleteRolePolicyCommand, DetachRolePolicyCommand } from "@aws-sdk/client-iam";
import { type Owner, ownershipOf } from "../../ownership.ts";
import { findRole, policiesOf, tagsOfRole, unlessGone } from "./look.ts";
import type { RoleClient } from "./role-client.ts";

/**
 * Deletes the owner's role with what is on it, whatever of it is gone already; false: there was none, or it is not tagged as the owner's.
 * A role that still has policies cannot be deleted: https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html
 */
export async function removeRole(client: RoleClient, owner: Owner): Promise<boolean> {
  const { iam, ref, arn, options } = client;
  const role = await findRole(client);
  if (role === undefined || ownershipOf(tagsOfRole(role), owner) !== "Ours") return false;
  const { inline, attached } = await policiesOf(client);
  for (const PolicyName of inline) {
    const command = new DeleteRolePolicyCommand({ ...ref, PolicyName });
    await unlessGone(iam.send(command, options), "iam:DeleteRolePolicy", arn);
  }
  for (const PolicyArn of attached) {
    const command = new DetachRolePolicyCommand({ ...ref, PolicyArn });
    await unlessGone(iam.send(command, options), "iam:DetachRolePolicy", arn);
  }
  await unlessGone(iam.send(new DeleteRoleCommand(ref), options), "iam:DeleteRole", arn);
  return true;
}
