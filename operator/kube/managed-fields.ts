import type { FieldSet, KubeObject } from "./object.ts";

/** Clients that own the field by server-side apply, by their field manager. */
export function appliersOf(object: KubeObject, ...path: string[]): string[] {
  return applied(object).flatMap(({ manager = "", fieldsV1 }) => (at(fieldsV1, path) === undefined ? [] : [manager]));
}

/** Keys of the map that the client owns by server-side apply. Sorted. */
export function appliedKeys(object: KubeObject, fieldManager: string, ...path: string[]): string[] {
  const own = applied(object).filter(({ manager }) => manager === fieldManager);
  const fields = own.flatMap(({ fieldsV1 }) => Object.keys(at(fieldsV1, path) ?? {}));
  return [...new Set(fields)]
    .filter((field) => field.startsWith(PREFIX))
    .map((field) => field.slice(2))
    .sort();
}

const PREFIX = "f:";

function applied({ metadata: { managedFields = [] } }: KubeObject) {
  return managedFields.filter(({ operation }) => operation === "Apply");
}

function at(fields: FieldSet | undefined, path: readonly string[]): FieldSet | undefined {
  return path.reduce((set, name) => set?.[PREFIX + name], fields);
}
