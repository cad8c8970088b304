import { CreateRoleCommand, type Role } from "@aws-sdk/client-iam";
import { REASON } from "../../../api/reasons.ts";
import type { BucketAccess } from "../../../api/types.ts";
import { awsErrorKind } from "../../../aws/errors.ts";
import { failWith } from "../../../reconcile/aws-failure.ts";
import type { Attempt } from "../../../reconcile/history.ts";
import { again } from "../../../reconcile/outcome.ts";
import type { DesiredRole } from "../desired.ts";
import type { RoleSight } from "./observe.ts";
import type { RoleClient } from "./role-client.ts";

/** IAM's default, and enough for the SDKs, which fetch credentials anew: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-settings.html */
export const SESSION_SECONDS = 3_600;

const LOOK_AGAIN_MS = 2_000;

/**
 * In one call with its owner's tags and its boundary, so that a crash right after leaves neither a role of which nobody knows whose it is nor one
 * without bounds. https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
 */
export async function createRole(
  { iam, ref, arn, options }: RoleClient,
  role: DesiredRole,
  { metadata }: BucketAccess,
): Promise<void> {
  const { path, trust, permissionsBoundaryArn, tags } = role;
  const command = new CreateRoleCommand({
    ...ref,
    Path: path,
    Description: `BucketAccess ${metadata.namespace}/${metadata.name}`,
    AssumeRolePolicyDocument: JSON.stringify(trust),
    MaxSessionDuration: SESSION_SECONDS,
    ...(permissionsBoundaryArn !== undefined && { PermissionsBoundary: permissionsBoundaryArn }),
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
  });
  try {
    await iam.send(command, options);
  } catch (error) {
    // Perhaps by an earlier try whose answer was lost: the next look tells whose it is.
    if (awsErrorKind(error) === "AlreadyExists") {
      throw again(REASON.settling, `Role '${ref.RoleName}' was just created, and is not to be seen yet`, LOOK_AGAIN_MS);
    }
    failWith("iam:CreateRole and iam:TagRole", arn)(error);
  }
}

/** For the memory of what was written: IAM may not show a role that was just made. */
export function creationOf(roleName: string): Attempt {
  return { setting: "role", desired: roleName, changes: [] };
}

/** What there is to see of a role right after its creation. */
export function freshRole({ name, arn, trust, permissionsBoundaryArn, tags }: DesiredRole): RoleSight {
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
  return { role: role as Role, permissions: undefined, policies: undefined };
}
