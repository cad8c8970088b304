import { DeleteRoleCommand } from "@aws-sdk/client-iam";
import type { RoleOwner } from "../../../api/ownership.ts";
import { REASON } from "../../../api/reasons.ts";
import { unlessGone } from "../../../reconcile/aws-failure.ts";
import { DELAY_MS } from "../../../reconcile/delays.ts";
import type { History } from "../../../reconcile/history.ts";
import { again } from "../../../reconcile/outcome.ts";
import { roleKeyOf } from "../memory.ts";
import { creationOf } from "./create.ts";
import { policiesOf } from "./observe.ts";
import { creationKeyOf } from "./own-role.ts";
import type { RoleClient } from "./role-client.ts";
import { deleteInlinePolicy, detachPolicy } from "./write-policies.ts";

/**
 * Deletes a role of ours and its policies.
 * @param policyName of the BucketAccess that leaves: the list may not show a policy that was just written
 */
export async function removeRole(
  client: RoleClient,
  owner: RoleOwner,
  policyName: string,
  history: History,
): Promise<void> {
  await deleteRole(client, [policyName]);
  history.forget(roleKeyOf(owner));
  history.forget(creationKeyOf(owner));
}

/**
 * The policies go first, and with them the access. IAM does not delete a role that has policies:
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html
 * @param policyNames of inline policies that the list may not show
 */
export async function deleteRole(client: RoleClient, policyNames: readonly string[] = []): Promise<void> {
  const { iam, ref, arn, options } = client;
  const { inline, attached } = await policiesOf(client);
  for (const name of new Set([...policyNames, ...inline])) await deleteInlinePolicy(client, name);
  for (const policyArn of attached) await detachPolicy(client, policyArn);
  await unlessGone(iam.send(new DeleteRoleCommand(ref), options), "iam:DeleteRole", arn);
}

/** Throws an OutcomeError if IAM may not show a role that was just created: nothing may be forgotten before it. */
export function waitForNewRole({ ref, arn }: RoleClient, owner: RoleOwner, history: History): void {
  if (history.judge(creationKeyOf(owner), creationOf(ref.RoleName)) !== "Settling") return;
  const message = `Waiting until IAM shows role '${arn}', which was just created, to delete it`;
  throw again(REASON.settling, message, DELAY_MS.visible);
}
