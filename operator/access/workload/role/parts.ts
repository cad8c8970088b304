import {
  DeleteRolePermissionsBoundaryCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
} from "@aws-sdk/client-iam";
import { throwFailure, unlessGone } from "../../../reconcile/aws-failure.ts";
import { compare } from "../../../reconcile/change.ts";
import type { WritablePart } from "../../../reconcile/part.ts";
import { comparePolicy } from "../../policy/compare.ts";
import type { DesiredRole } from "../desired.ts";
import { SESSION_SECONDS } from "./create.ts";
import { POLICY_NAME, tagsOfRole, type RoleObservation } from "./observe.ts";
import type { OwnRole, RoleClient } from "./role-client.ts";

/** The parts of a role in the order in which they are written: what bounds the role goes before what it may do. */
export function roleParts({ client, desired, appliedTagKeys }: OwnRole, observed: RoleObservation): WritablePart[] {
  return [
    boundary(client, desired, observed),
    trust(client, desired, observed),
    otherPolicies(client, observed),
    permissions(client, desired, observed),
    sessionDuration(client, observed),
    tags(client, desired, appliedTagKeys, observed),
  ];
}

function boundary(
  { iam, ref, arn, options }: RoleClient,
  { permissionsBoundaryArn }: DesiredRole,
  { role }: RoleObservation,
): WritablePart {
  return {
    name: "permissionsBoundary",
    desired: permissionsBoundaryArn,
    changes: compare("", permissionsBoundaryArn, role.PermissionsBoundary?.PermissionsBoundaryArn),
    write: async () => {
      if (permissionsBoundaryArn === undefined) {
        const command = new DeleteRolePermissionsBoundaryCommand(ref);
        await unlessGone(iam.send(command, options), "iam:DeleteRolePermissionsBoundary", arn);
        return;
      }
      const command = new PutRolePermissionsBoundaryCommand({ ...ref, PermissionsBoundary: permissionsBoundaryArn });
      await iam.send(command, options).catch(throwFailure("iam:PutRolePermissionsBoundary", arn));
    },
  };
}

function trust(
  { iam, ref, arn, options }: RoleClient,
  { trust }: DesiredRole,
  { role }: RoleObservation,
): WritablePart {
  return {
    name: "trust",
    desired: trust,
    changes: comparePolicy(trust, role.AssumeRolePolicyDocument),
    write: async () => {
      const command = new UpdateAssumeRolePolicyCommand({ ...ref, PolicyDocument: JSON.stringify(trust) });
      await iam.send(command, options).catch(throwFailure("iam:UpdateAssumeRolePolicy", arn));
    },
  };
}

function permissions(
  { iam, ref, arn, options }: RoleClient,
  { permissions }: DesiredRole,
  observed: RoleObservation,
): WritablePart {
  return {
    name: "permissions",
    desired: permissions,
    changes: comparePolicy(permissions, observed.permissions),
    write: async () => {
      const document = { PolicyName: POLICY_NAME, PolicyDocument: JSON.stringify(permissions) };
      await iam
        .send(new PutRolePolicyCommand({ ...ref, ...document }), options)
        .catch(throwFailure("iam:PutRolePolicy", arn));
    },
  };
}

/** Policies that other users put on the role: only the BucketAccess decides what its role may do. */
function otherPolicies({ iam, ref, arn, options }: RoleClient, { policies }: RoleObservation): WritablePart {
  const inline = (policies?.inline ?? []).filter((name) => name !== POLICY_NAME);
  const attached = policies?.attached ?? [];
  return {
    name: "otherPolicies",
    desired: [],
    changes: [...inline, ...attached].flatMap((name) => compare(`[${name}]`, undefined, name)),
    write: async () => {
      for (const PolicyName of inline) {
        const command = new DeleteRolePolicyCommand({ ...ref, PolicyName });
        await unlessGone(iam.send(command, options), "iam:DeleteRolePolicy", arn);
      }
      for (const PolicyArn of attached) {
        const command = new DetachRolePolicyCommand({ ...ref, PolicyArn });
        await unlessGone(iam.send(command, options), "iam:DetachRolePolicy", arn);
      }
    },
  };
}

function sessionDuration({ iam, ref, arn, options }: RoleClient, { role }: RoleObservation): WritablePart {
  return {
    name: "maxSessionDuration",
    desired: SESSION_SECONDS,
    changes: compare("", SESSION_SECONDS, role.MaxSessionDuration ?? SESSION_SECONDS),
    write: async () => {
      const command = new UpdateRoleCommand({ ...ref, MaxSessionDuration: SESSION_SECONDS });
      await iam.send(command, options).catch(throwFailure("iam:UpdateRole", arn));
    },
  };
}

/** Tags of other users stay. */
function tags(
  { iam, ref, arn, options }: RoleClient,
  { tags }: DesiredRole,
  appliedTagKeys: readonly string[],
  { role }: RoleObservation,
): WritablePart {
  const found = tagsOfRole(role);
  const missing = Object.entries(tags).filter(([key, value]) => !Object.hasOwn(found, key) || found[key] !== value);
  const surplus = appliedTagKeys.filter((key) => !Object.hasOwn(tags, key) && Object.hasOwn(found, key));
  return {
    name: "tags",
    desired: tags,
    changes: [
      ...missing.flatMap(([key, value]) => compare(key, value, Object.hasOwn(found, key) ? found[key] : undefined)),
      ...surplus.flatMap((key) => compare(key, undefined, found[key])),
    ],
    write: async () => {
      // Room first: IAM allows 50.
      if (surplus.length > 0) {
        const command = new UntagRoleCommand({ ...ref, TagKeys: surplus });
        await iam.send(command, options).catch(throwFailure("iam:UntagRole", arn));
      }
      if (missing.length > 0) {
        const command = new TagRoleCommand({ ...ref, Tags: missing.map(([Key, Value]) => ({ Key, Value })) });
        await iam.send(command, options).catch(throwFailure("iam:TagRole", arn));
      }
    },
  };
}
