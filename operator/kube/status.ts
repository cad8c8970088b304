/** Writes status as a merge patch of the difference. */

import { isDeepStrictEqual } from "node:util";
import type { KubeClient, MergePatch } from "./client.ts";
import type { Resource, StatusObject } from "./object.ts";

type Json = Record<string, unknown>;

/**
 * The JSON merge patch (RFC 7396) from `from` to `to`; undefined if they are equal. Compares values as the API server
 * stores them: undefined and null fields are absent, half a surrogate pair is U+FFFD.
 */
export function mergePatchBetween(from: object, to: object): MergePatch | undefined {
  return difference(asStored(from), asStored(to));
}

function asStored(object: object): Json {
  const wellFormed = (_: string, value: unknown) => (typeof value === "string" ? value.toWellFormed() : value);
  return JSON.parse(JSON.stringify(object, wellFormed)) as Json;
}

function difference(from: Json, to: Json): MergePatch | undefined {
  const fields = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  const changes = fields.flatMap((field) => {
    const [before, after] = [valueOf(from, field), valueOf(to, field)];
    if (isDeepStrictEqual(before, after)) return [];
    const change = isObject(before) && isObject(after) ? difference(before, after) : after;
    return change === undefined ? [] : [[field, change] as const];
  });
  return changes.length === 0 ? undefined : Object.fromEntries(changes);
}

/** Own fields only: a tag may have the key "constructor". */
function valueOf(object: Json, field: string): unknown {
  return Object.hasOwn(object, field) ? (object[field] ?? null) : null;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Writes the difference between the object's status and `next`. Resolves with the new object, or undefined if nothing
 * differs. Sends the resourceVersion: the API server ignores a uid in a patch of /status.
 * @throws KubeError, a conflict if the object has changed since it was read, or another one has its name.
 */
export async function writeStatus<T extends StatusObject>(
  client: KubeClient,
  resource: Resource,
  object: T,
  next: object,
  signal: AbortSignal,
): Promise<T | undefined> {
  const status = mergePatchBetween(object.status ?? {}, next);
  if (status === undefined) return undefined;
  const { resourceVersion } = object.metadata;
  const patch = { metadata: { resourceVersion }, status };
  return await client.mergePatch<T>(resource, object.metadata, patch, { subresource: "status", signal });
}
