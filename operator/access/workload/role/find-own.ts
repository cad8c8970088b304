import type { Role } from "@aws-sdk/client-iam";
import type { RoleOwner } from "../../../api/ownership.ts";
import type { RoleStatus } from "../../../api/types.ts";
import type { AwsSession } from "../../../aws/session.ts";
import { failureIn } from "../../../reconcile/outcome.ts";
import { mayBeRoleOf } from "./name.ts";
import { findRole } from "./observe.ts";
import { isRoleOf } from "./own-role.ts";
import { roleClient, type RoleClient } from "./role-client.ts";

export interface FoundRole {
  client: RoleClient;
  role: Role;
}

/**
 * The owner's role under the name in status, if that is another one than `name`: the AWSAccount had another
 * `iam.rolePrefix`. Status only gives the name; the tags say whether the role is the owner's.
 */
export async function findFormerRole(
  session: AwsSession,
  owner: RoleOwner,
  { name: recorded, arn = "" }: Partial<RoleStatus>,
  name: string,
  signal: AbortSignal,
): Promise<FoundRole | undefined> {
  if (recorded === undefined || recorded === name || !mayBeRoleOf(owner, recorded)) return undefined;
  const client = roleClient(session, recorded, arn, signal);
  const role = await unlessDenied(findRole(client));
  return role && isRoleOf(role, owner) ? { client, role } : undefined;
}

/** For what only status names: a user may have written the name of something that the operator may not read. */
export async function unlessDenied<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (failureIn(error)?.reason === "AccessDenied") return undefined;
    throw error;
  }
}
