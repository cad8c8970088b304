import {
  DeleteRolePermissionsBoundaryCommand,
  PutRolePermissionsBoundaryCommand,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
} from "@aws-sdk/client-iam";
import { GROUP } from "../../../api/names.ts";
import type { PolicyDocument } from "../../../aws/policy/document.ts";
import { throwFailure, unlessGone } from "../../../reconcile/aws-failure.ts";
import { compare } from "../../../reconcile/change.ts";
import type { WritablePart } from "../../../reconcile/part.ts";
import { comparePolicy } from "../../policy/compare.ts";
import type { DesiredRole } from "../desired.ts";
import { SESSION_SECONDS } from "./create.ts";
import { tagsOfRole, type RoleObservation } from "./observe.ts";
import { attachedPolicies, otherPolicies } from "./policy-parts.ts";
import type { RoleClient } from "./role-client.ts";
import type { Spared } from "./spared.ts";
import { putInlinePolicy } from "./write-policies.ts";

/** A role of the operator, and the part of one BucketAccess in it. */
export interface OwnRole {
  client: RoleClient;
  desired: DesiredRole;
  /** Name and content of the inline policy of the BucketAccess. */
  policyName: string;
  permissions: PolicyDocument;
  /** Keys of tags that earlier reconciles wrote. Only these are removed once they are no longer desired. */
  appliedTagKeys: readonly string[];
  spared: Spared;
}

/** The parts of a role in the order in which they are written: what bounds the role goes before what it may do. */
export function roleParts(own: OwnRole, observed: RoleObservation): WritablePart[] {
  const { client, desired } = own;
  const bounding = boundary(client, desired, observed);
  let isBounded = bounding.changes.length === 0;
  const write = () => bounding.write().then(() => void (isBounded = true));
  return [
    otherPolicies(client, desired, observed, own.spared),
    { ...bounding, write },
    trust(client, desired, observed),
    permissionsPart(own, observed.permissions),
    attachedPolicies(own, observed, () => isBounded),
    sessionDuration(client, observed),
    tags(client, desired, own.appliedTagKeys, observed),
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

/** The part of one BucketAccess. */
export function permissionsPart(
  { client, policyName, permissions }: Pick<OwnRole, "client" | "policyName" | "permissions">,
  found: string | undefined,
): WritablePart {
  return {
    name: "permissions",
    desired: permissions,
    changes: comparePolicy(permissions, found),
    write: () => putInlinePolicy(client, policyName, permissions),
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
  const surplus = appliedTagKeys.filter(
    (key) => !Object.hasOwn(tags, key) && Object.hasOwn(found, key) && !isOurTag(key),
  );
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

/** Status lists the applied keys, and a user may write it: it never removes the owner's tags. */
function isOurTag(key: string): boolean {
  return key.startsWith(`${GROUP}/`);
}
