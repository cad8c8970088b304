/**
 * Principals in bucket policies. S3 keeps users and roles by their unique ids, so a policy does not apply to a later namesake:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html and aws.md 2.6.
 */

import type { Role, World } from "../state.ts";
import type { PolicyDocument, Principal, Statement } from "./policy-document.ts";
import { malformedPolicy } from "./route.ts";

const KINDS = new Set(["AWS", "Service", "Federated", "CanonicalUser"]);

/** The policy as S3 keeps it: account ids as root ARNs, roles as unique ids. Throws MalformedPolicy for a principal that is not there. */
export function storePrincipals(world: World, document: PolicyDocument): PolicyDocument {
  return mapPrincipals(document, (kind, id) => {
    if (!KINDS.has(kind)) throw malformedPolicy("Invalid principal in policy");
    return kind === "AWS" ? storedAwsPrincipal(world, id) : id;
  });
}

/** The policy as S3 shows it: unique ids as ARNs again, but for those whose role is gone. */
export function restorePrincipals(world: World, document: PolicyDocument): PolicyDocument {
  return mapPrincipals(document, (_, id) => shownAwsPrincipal(world, id));
}

/** One AWS principal as it is kept. Throws MalformedPolicy when it is not there. */
export function storedAwsPrincipal(world: World, id: string): string {
  if (id === "*") return id;
  if (/^\d{12}$/.test(id)) return storedAwsPrincipal(world, `arn:aws:iam::${id}:root`);
  const role = lookUpRole(world, id);
  if (role !== undefined) return role.uniqueId;
  if (!isKnownArn(world, id)) throw malformedPolicy("Invalid principal in policy");
  return id;
}

/** One AWS principal as it is shown. */
export function shownAwsPrincipal(world: World, id: string): string {
  return rolesOf(world).find(({ uniqueId }) => uniqueId === id)?.arn ?? id;
}

/** The role of this ARN or unique id, as services other than IAM find it: not at once after it was made. */
export function lookUpRole(world: World, arnOrId: string): Role | undefined {
  const role = rolesOf(world).find(({ arn, uniqueId }) => arn === arnOrId || uniqueId === arnOrId);
  if (role === undefined || role.unknownFor === 0) return role;
  role.unknownFor -= 1;
  return undefined;
}

function rolesOf(world: World): Role[] {
  return [...world.accounts.values()].flatMap((account) => [...account.roles.values()]);
}

/** Account roots, users, and sessions of roles. A wildcard within an ARN is never a principal. */
function isKnownArn(world: World, arn: string): boolean {
  const [, account = "", rest = ""] = /^arn:aws[a-z-]*:(?:iam|sts)::(\d{12}):(.+)$/.exec(arn) ?? [];
  if (rest === "root") return world.accounts.has(account);
  const session = /^assumed-role\/([^/*?]+)\/[^/*?]+$/.exec(rest)?.[1];
  if (session !== undefined)
    return rolesOf(world).some(({ arn: roleArn, name }) => name === session && roleArn.split(":")[4] === account);
  return [...world.identities.values()].some((identity) => identity.arn === arn);
}

function mapPrincipals(document: PolicyDocument, change: (kind: string, id: string) => string): PolicyDocument {
  const changePrincipal = (principal: Principal): Principal => {
    if (principal === "*") return principal;
    const kinds = Object.entries(principal).map(([kind, ids]) => [kind, ids.map((id) => change(kind, id))]);
    return Object.fromEntries(kinds) as Principal;
  };
  const changeStatement = (statement: Statement): Statement => ({
    ...statement,
    ...(statement.Principal !== undefined && { Principal: changePrincipal(statement.Principal) }),
    ...(statement.NotPrincipal !== undefined && { NotPrincipal: changePrincipal(statement.NotPrincipal) }),
  });
  return { ...document, Statement: document.Statement.map(changeStatement) };
}
