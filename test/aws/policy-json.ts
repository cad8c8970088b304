/** Policy documents as plain JSON, for the services that keep them as they were written: IAM and KMS. */

import type { World } from "./state.ts";
import { shownAwsPrincipal } from "./s3/policy-principals.ts";

export type Json = Record<string, unknown>;

/** The JSON object, or undefined when the text is none. */
export function parseJsonObject(text: string): Json | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The statements that are objects; one may stand for a list of one. */
export function statementsOf({ Statement }: Json): Json[] {
  return listOf(Statement).filter(isObject);
}

export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The document with its AWS principals changed; all else stays as it was written. */
export function mapAwsPrincipals(document: Json, change: (id: string) => string): Json {
  const changed = (ids: unknown) => (Array.isArray(ids) ? ids.map((id) => change(String(id))) : change(String(ids)));
  const statements = statementsOf(document).map((statement) => {
    const { Principal } = statement;
    if (!isObject(Principal) || Principal["AWS"] === undefined) return statement;
    return { ...statement, Principal: { ...Principal, AWS: changed(Principal["AWS"]) } };
  });
  return { ...document, Statement: statements };
}

/** A kept policy as it is shown: unique ids as ARNs again, but for those whose role is gone. */
export function shownPolicy(world: World, policy: string): Json {
  return mapAwsPrincipals(JSON.parse(policy) as Json, (id) => shownAwsPrincipal(world, id));
}
