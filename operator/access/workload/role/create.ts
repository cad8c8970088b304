import { CreateRoleCommand, type Role } from "@aws-sdk/client-iam";
import type { RoleOwner } from "../../../api/ownership.ts";
import { REASON } from "../../../api/reasons.ts";
import { awsErrorKind } from "../../../aws/errors.ts";
import { throwFailure } from "../../../reconcile/aws-failure.ts";
import { DELAY_MS } from "../../../reconcile/delays.ts";
import type { Write } from "../../../reconcile/history.ts";
import { again } from "../../../reconcile/outcome.ts";
import type { DesiredRole } from "../desired.ts";
import type { RoleObservation } from "./observe.ts";
import type { RoleClient } from "./role-client.ts";

/**
 * IAM's default; SDKs renew credentials before they expire.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-settings.html
 */
export const SESSION_SECONDS = 3_600;

/**
 * Creates the role with its owner's tags and boundary in one call, so that a crash cannot leave a role without either.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
 */
export async function createRole(
  { iam, ref, arn, options }: RoleClient,
  role: DesiredRole,
  { kind, namespace, name }: RoleOwner,
): Promise<void> {
  const { path, trust, permissionsBoundaryArn, tags } = role;
  const command = new CreateRoleCommand({
    ...ref,
    Path: path,
    Description: `${kind} ${namespace}/${name}`,
    AssumeRolePolicyDocument: JSON.stringify(trust),
    MaxSessionDuration: SESSION_SECONDS,
    ...(permissionsBoundaryArn !== undefined && { PermissionsBoundary: permissionsBoundaryArn }),
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
  });
  try {
    await iam.send(command, options);
  } catch (error) {
    // An earlier request may have created it and its answer was lost: the next read shows its owner.
    if (awsErrorKind(error) === "AlreadyExists") {
      throw again(REASON.settling, `Role '${ref.RoleName}' was just created, and is not visible yet`, DELAY_MS.visible);
    }
    throwFailure("iam:CreateRole and iam:TagRole", arn)(error);
  }
}

/** The creation as a write in the history: IAM may not show a new role yet. */
export function creationOf(roleName: string): Write {
  return { name: "role", desired: roleName, changes: [] };
}

/** The observation of a role right after its creation. */
export function freshRole({ name, arn, trust, permissionsBoundaryArn, tags }: DesiredRole): RoleObservation {
  const role = {
    RoleName: name,
    Arn: arn,
    AssumeRolePolicyDocument: JSON.stringify(trust),
    MaxSessionDuration: SESSION_SECONDS,
    ...(permissionsBoundaryArn !== undefined && {
      PermissionsBoundary: { PermissionsBoundaryArn: permissionsBoundaryArn },
    }),
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
  };
  return { role: role as Role, permissions: undefined, policies: { inline: [], attached: [] } };
}
