/** Renders a role: https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html */

import { shownPolicy } from "../policy-json.ts";
import type { Role, World } from "../state.ts";
import { element, type XmlElement } from "../xml.ts";
import { tagElements } from "./tags.ts";

/** `full` adds the members that lists leave out. */
export function roleElement(name: string, role: Role, world: World, full: boolean): XmlElement {
  const { permissionsBoundary, description } = role;
  return element(name, [
    element("Path", role.path),
    element("RoleName", role.name),
    element("RoleId", role.uniqueId),
    element("Arn", role.arn),
    element("CreateDate", timestamp(role.createdAt)),
    element("AssumeRolePolicyDocument", encodedDocument(JSON.stringify(shownPolicy(world, role.assumeRolePolicy)))),
    description === undefined ? undefined : element("Description", description),
    element("MaxSessionDuration", String(role.maxSessionSeconds)),
    full && permissionsBoundary !== undefined ? boundaryElement(permissionsBoundary) : undefined,
    full && role.tags.size > 0 ? element("Tags", tagElements(role.tags)) : undefined,
    full ? element("RoleLastUsed") : undefined,
  ]);
}

/** Percent-encodes a policy document as IAM does: FACTS.md#iam-roles. */
export function encodedDocument(document: string): string {
  const hex = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(document).replaceAll(/[!'()*]/g, hex);
}

/** ISO 8601, without milliseconds. */
export function timestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, "Z");
}

function boundaryElement(arn: string): XmlElement {
  return element("PermissionsBoundary", [
    element("PermissionsBoundaryType", "Policy"),
    element("PermissionsBoundaryArn", arn),
  ]);
}
