/**
 * Principals in bucket policies. S3 stores roles by unique ID, so a policy does not apply to a later role of the same
 * name: FACTS.md#s3-bucket-policies.
 */

import type { Role, World } from "../state.ts";
import { canonicalUserId } from "./acl.ts";
import type { PolicyDocument, Principal, Statement } from "./policy-document.ts";
import { malformedPolicy } from "./route.ts";

const KINDS = new Set(["AWS", "Service", "Federated", "CanonicalUser"]);

/** Origin access identities have no account. Whether one exists is not checked. */
const ORIGIN_ACCESS_IDENTITY = /^arn:aws:iam::cloudfront:user\/CloudFront Origin Access Identity E[0-9A-Z]+$/;

/**
 * The policy in stored form: account IDs and canonical user IDs as root ARNs, roles as unique IDs. Throws
 * MalformedPolicy for missing principals, naming the first: FACTS.md#s3-bucket-policies.
 */
export function storePrincipals(world: World, document: PolicyDocument): PolicyDocument {
  return mapPrincipals(document, (kind, id) => {
    if (!KINDS.has(kind)) throw malformedPolicy("Invalid principal in policy");
    if (kind === "CanonicalUser") return ["AWS", ownerOf(world, id)];
    return [kind, kind === "AWS" && !ORIGIN_ACCESS_IDENTITY.test(id) ? storedAwsPrincipal(world, id) : id];
  });
}

/** The root of the account with this canonical user ID. An unknown ID counts as that of an origin access identity. */
function ownerOf(world: World, canonicalId: string): string {
  const account = [...world.accounts.keys()].find((id) => canonicalUserId(id) === canonicalId);
  if (account !== undefined) return `arn:aws:iam::${account}:root`;
  return `arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E${canonicalId.slice(0, 13).toUpperCase()}`;
}

/** The policy in returned form: unique IDs become ARNs again, unless the role is deleted. */
export function restorePrincipals(world: World, document: PolicyDocument): PolicyDocument {
  return mapPrincipals(document, (kind, id) => [kind, shownAwsPrincipal(world, id)]);
}

/** One AWS principal in stored form. Throws MalformedPolicy if it does not exist. */
export function storedAwsPrincipal(world: World, id: string): string {
  if (id === "*") return id;
  if (/^\d{12}$/.test(id)) return storedAwsPrincipal(world, `arn:aws:iam::${id}:root`);
  const role = lookUpRole(world, id);
  if (role !== undefined) return role.uniqueId;
  if (isKnownArn(world, id)) return id;
  throw malformedPolicy("Invalid principal in policy", { Detail: `"AWS" : "${id}"` });
}

/** One AWS principal in returned form. */
export function shownAwsPrincipal(world: World, id: string): string {
  return rolesOf(world).find(({ uniqueId }) => uniqueId === id)?.arn ?? id;
}

/** Finds a role by ARN or unique ID, as services other than IAM do: not at once after its creation. */
export function lookUpRole(world: World, arnOrId: string): Role | undefined {
  const role = rolesOf(world).find(({ arn, uniqueId }) => arn === arnOrId || uniqueId === arnOrId);
  if (role === undefined || role.unknownFor === 0) return role;
  role.unknownFor -= 1;
  return undefined;
}

function rolesOf(world: World): Role[] {
  return [...world.accounts.values()].flatMap((account) => [...account.roles.values()]);
}

/** True for account roots, users, role sessions and federated users. ARNs with wildcards are never principals. */
function isKnownArn(world: World, arn: string): boolean {
  const [, account = "", rest = ""] = /^arn:aws[a-z-]*:(?:iam|sts)::(\d{12}):(.+)$/.exec(arn) ?? [];
  if (rest === "root") return world.accounts.has(account);
  if (/^federated-user\/[\w+=,.@-]+$/.test(rest)) return world.accounts.has(account);
  const session = /^assumed-role\/([^/*?]+)\/[^/*?]+$/.exec(rest)?.[1];
  if (session !== undefined)
    return rolesOf(world).some(({ arn: roleArn, name }) => name === session && roleArn.split(":")[4] === account);
  return [...world.identities.values()].some((identity) => identity.arn === arn);
}

type Named = [kind: string, id: string];

function mapPrincipals(document: PolicyDocument, change: (...named: Named) => Named): PolicyDocument {
  const changePrincipal = (principal: Principal): Principal => {
    if (principal === "*") return principal;
    const kinds: Record<string, string[]> = {};
    for (const named of Object.entries(principal).flatMap(([kind, ids]) => ids.map((id): Named => [kind, id]))) {
      const [kind, id] = change(...named);
      kinds[kind] = [...new Set([...(kinds[kind] ?? []), id])];
    }
    return kinds;
  };
  const changeStatement = (statement: Statement): Statement => ({
    ...statement,
    ...(statement.Principal !== undefined && { Principal: changePrincipal(statement.Principal) }),
    ...(statement.NotPrincipal !== undefined && { NotPrincipal: changePrincipal(statement.NotPrincipal) }),
  });
  return { ...document, Statement: document.Statement.map(changeStatement) };
}
