import type { AwsSession } from "../../aws/session.ts";
import { failed } from "../../reconcile/outcome.ts";
import type { AccessContext, AccessDependencies } from "../dependencies.ts";
import { recordedRole } from "../status.ts";
import type { AccessTarget } from "../target.ts";
import type { Contributor } from "./contributors.ts";
import type { DesiredAccess } from "./desired.ts";
import { roleKeyOf } from "./memory.ts";
import type { RoleWork } from "./role-work.ts";
import { existingRoleClient, notFound } from "./role/existing.ts";
import { findFormerRole } from "./role/find-own.ts";
import { roleClient, type RoleClient } from "./role/role-client.ts";
import { sharedPolicyOf } from "./session-policy.ts";

/** Prepares the reconcile of one role. Reads AWS only if status names another role than the desired one. */
export async function workOn(
  dependencies: AccessDependencies,
  context: AccessContext,
  target: AccessTarget,
  wanted: DesiredAccess,
  members: readonly Contributor[],
): Promise<RoleWork> {
  const { account, session } = target;
  const { object, signal } = context;
  const recorded = recordedRole(object.status, wanted.owner);
  const desired = await withPresentName(session, wanted, recorded, signal);
  const client = clientOf(session, desired, signal);
  return {
    dependencies,
    context,
    target,
    key: roleKeyOf(desired.owner),
    desired,
    recorded,
    ...(client && { client }),
    association: { session, region: account.spec.region, owner: desired.owner, options: { abortSignal: signal } },
    sessionPolicy: (found) => sharedPolicyOf(dependencies, context, members, found),
  };
}

/** A role keeps its name when the AWSAccount gets another `iam.rolePrefix`. */
async function withPresentName(
  session: AwsSession,
  desired: DesiredAccess,
  recorded: RoleWork["recorded"],
  signal: AbortSignal,
): Promise<DesiredAccess> {
  const { owner, role } = desired;
  if (role === undefined) return desired;
  const former = await findFormerRole(session, owner, recorded, role.name, signal);
  if (former === undefined) return desired;
  const { ref, arn } = former.client;
  const roleArn = former.role.Arn ?? arn;
  return { ...desired, roleArn, role: { ...role, name: ref.RoleName, arn: roleArn } };
}

function clientOf(
  session: AwsSession,
  { type, role, roleArn }: DesiredAccess,
  signal: AbortSignal,
): RoleClient | undefined {
  if (role !== undefined) return roleClient(session, role.name, role.arn, signal);
  if (type === "Shared") return undefined;
  const client = existingRoleClient(session, roleArn, signal);
  if (client === undefined) throw failed(notFound(roleArn));
  return client;
}
