/** Policies and condition keys of the caller. */

import { findManagedPolicy } from "../iam/managed-policies.ts";
import type { Json } from "../policy-json.ts";
import type { Account, Identity, Outside, Role, World } from "../state.ts";
import { accountOf } from "../world.ts";
import type { Policies, Question, RequestContext } from "./evaluate.ts";

const EVERYTHING: Json = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };

const NOTHING: Json = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "sts:GetCallerIdentity", Resource: "*" }],
};

/**
 * Policies of the caller, none of a caller from outside. Users, and all callers while policies are not evaluated, may
 * do everything. A session has the
 * present policies of its role, so none once the role is deleted.
 */
export function policiesOf(world: World, { accountId, session, outside }: Identity): Omit<Policies, "resource"> {
  if (outside !== undefined) return { identity: [], permissionsBoundary: undefined, session: undefined };
  if (session === undefined || !world.evaluatePolicies) {
    return { identity: [EVERYTHING], permissionsBoundary: undefined, session: undefined };
  }
  const role = roleOf(world, session.roleId, accountId);
  if (role === undefined) return { identity: [], permissionsBoundary: undefined, session: undefined };
  const policy = session.policy === undefined ? undefined : parsed(session.policy);
  return { ...rolePolicies(accountOf(world, accountId), role), session: policy };
}

/** Inline and attached policies, and the permissions boundary. */
export function rolePolicies(
  account: Account,
  { inlinePolicies, attachedPolicies, permissionsBoundary }: Role,
): Pick<Policies, "identity" | "permissionsBoundary"> {
  const managed = (arn: string) => parsed(findManagedPolicy(account, arn));
  return {
    identity: [...[...inlinePolicies.values()].map((policy) => parsed(policy)), ...[...attachedPolicies].map(managed)],
    permissionsBoundary: permissionsBoundary === undefined ? undefined : managed(permissionsBoundary),
  };
}

/**
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principal-properties
 */
export function principalContext(world: World, identity: Identity): RequestContext {
  if (identity.outside !== undefined) return { ...outsideContext(identity.outside), ...transport(world.tlsVersion) };
  const { accountId, arn, session } = identity;
  const role = session && roleOf(world, session.roleId, accountId);
  return {
    "aws:PrincipalArn": role?.arn ?? arn,
    "aws:PrincipalAccount": accountId,
    "aws:PrincipalType": session === undefined ? "User" : "AssumedRole",
    "aws:PrincipalIsAWSService": "false",
    "aws:ViaAWSService": "false",
    ...transport(world.tlsVersion),
    "aws:userid": session === undefined ? accountId : `${session.roleId}:${arn.split("/").at(-1)}`,
    ...(session === undefined && { "aws:username": arn.split("/").at(-1) ?? "" }),
    ...prefixed(role?.tags ?? new Map<string, string>()),
    ...prefixed(session?.tags ?? new Map<string, string>()),
  };
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourcearn */
function outsideContext(outside: Outside): RequestContext {
  if (outside.type === "Anonymous") return { "aws:PrincipalType": "Anonymous", "aws:PrincipalIsAWSService": "false" };
  return {
    "aws:PrincipalIsAWSService": "true",
    "aws:PrincipalServiceName": outside.name,
    "aws:SourceArn": outside.sourceArn,
    "aws:SourceAccount": outside.sourceAccount,
  };
}

/** The caller for the evaluator. */
export function principalOf({ arn, outside }: Identity): Question["principal"] {
  if (outside === undefined) return arn;
  return outside.type === "Anonymous" ? { type: "Anonymous" } : outside.name;
}

function roleOf(world: World, roleId: string, accountId: string): Role | undefined {
  return [...accountOf(world, accountId).roles.values()].find(({ uniqueId }) => uniqueId === roleId);
}

/** The TLS version is a switch, because the simulator itself uses plain HTTP. */
function transport(tlsVersion: string | undefined): RequestContext {
  return tlsVersion === undefined ? { "aws:SecureTransport": "false" } : { "aws:SecureTransport": "true" };
}

/** Tags of the session take precedence over tags of the role. */
function prefixed(tags: ReadonlyMap<string, string>): RequestContext {
  return Object.fromEntries([...tags].map(([key, value]) => [`aws:PrincipalTag/${key}`, value]));
}

/** A deleted policy allows nothing of use. */
function parsed(policy = JSON.stringify(NOTHING)): Json {
  return JSON.parse(policy) as Json;
}
