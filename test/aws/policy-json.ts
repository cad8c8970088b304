/** Policy documents as plain JSON, for IAM and KMS, which store them as written. */

import { shownAwsPrincipal } from "./s3/policy-principals.ts";
import type { World } from "./state.ts";

export type Json = Record<string, unknown>;

/** The parsed JSON object; undefined for other text. */
export function parseJsonObject(text: string): Json | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The statements that are objects. `Statement` is a list or one object. */
export function statementsOf({ Statement }: Json): Json[] {
  return listOf(Statement).filter(isObject);
}

export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Changes the AWS principals of the document, and nothing else. */
export function mapAwsPrincipals(document: Json, change: (id: string) => string): Json {
  const changed = (ids: unknown) => (Array.isArray(ids) ? ids.map((id) => change(String(id))) : change(String(ids)));
  const statements = statementsOf(document).map((statement) => {
    const { Principal } = statement;
    if (!isObject(Principal) || Principal["AWS"] === undefined) return statement;
    return { ...statement, Principal: { ...Principal, AWS: changed(Principal["AWS"]) } };
  });
  return { ...document, Statement: statements };
}

/** A stored policy in the form that AWS returns: unique IDs become ARNs again, unless the role is deleted. */
export function shownPolicy(world: World, policy: string): Json {
  return mapAwsPrincipals(JSON.parse(policy) as Json, (id) => shownAwsPrincipal(world, id));
}
