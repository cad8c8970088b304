import {
  GetRoleCommand,
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  type Role,
} from "@aws-sdk/client-iam";
import type { Tags } from "../../../api/ownership.ts";
import { unlessGone } from "../../../reconcile/aws-failure.ts";
import type { RoleClient } from "./role-client.ts";

export interface RoleObservation {
  role: Role;
  /** The inline policy of one BucketAccess, as IAM answers it; undefined: there is none. */
  permissions: string | undefined;
  /** Names of inline policies and ARNs of attached ones. Undefined: not read. */
  policies: RolePolicies | undefined;
}

export interface RolePolicies {
  inline: readonly string[];
  attached: readonly string[];
}

/** Undefined: there is no role of that name. */
export async function findRole({ iam, ref, arn, options }: RoleClient): Promise<Role | undefined> {
  return unlessGone(iam.send(new GetRoleCommand(ref), options), "iam:GetRole", arn).then((answer) => answer?.Role);
}

/** Reads all at once. `withPolicies`: two more calls, for the names of all its policies. */
export async function observeRole(
  client: RoleClient,
  policyName: string,
  withPolicies: boolean,
): Promise<RoleObservation | undefined> {
  const [role, permissions, policies] = await Promise.all([
    findRole(client),
    findInlinePolicy(client, policyName),
    withPolicies ? policiesOf(client) : undefined,
  ]);
  return role && { role, permissions, policies };
}

/** Undefined: there is no such policy, or no role. */
export async function findInlinePolicy(
  { iam, ref, arn, options }: RoleClient,
  PolicyName: string,
): Promise<string | undefined> {
  const command = new GetRolePolicyCommand({ ...ref, PolicyName });
  return (await unlessGone(iam.send(command, options), "iam:GetRolePolicy", arn))?.PolicyDocument;
}

export async function policiesOf(client: RoleClient): Promise<RolePolicies> {
  const [inline, attached] = await Promise.all([inlinePolicies(client), attachedPolicies(client)]);
  return { inline, attached };
}

/** Names; none if the role is gone. */
export async function inlinePolicies({ iam, ref, arn, options }: RoleClient): Promise<string[]> {
  const names: string[] = [];
  let Marker: string | undefined;
  do {
    const command = new ListRolePoliciesCommand({ ...ref, Marker });
    const page = await unlessGone(iam.send(command, options), "iam:ListRolePolicies", arn);
    names.push(...(page?.PolicyNames ?? []));
    Marker = page?.Marker;
  } while (Marker !== undefined);
  return names;
}

async function attachedPolicies({ iam, ref, arn, options }: RoleClient): Promise<string[]> {
  const arns: string[] = [];
  let Marker: string | undefined;
  do {
    const command = new ListAttachedRolePoliciesCommand({ ...ref, Marker });
    const page = await unlessGone(iam.send(command, options), "iam:ListAttachedRolePolicies", arn);
    arns.push(...(page?.AttachedPolicies ?? []).flatMap(({ PolicyArn }) => PolicyArn ?? []));
    Marker = page?.Marker;
  } while (Marker !== undefined);
  return arns;
}

export function tagsOfRole({ Tags = [] }: Role): Tags {
  return Object.fromEntries(Tags.map(({ Key = "", Value = "" }) => [Key, Value]));
}
