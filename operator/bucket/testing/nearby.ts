import type { Schema } from "../../../scripts/schema.ts";

/** A value with one change. */
export interface Neighbour {
  /** Path of the change, as in scripts/schema.ts: "rules[].filter.prefix". */
  path: string;
  value: unknown;
  /** The removed value, if any. */
  removed?: unknown;
}

/** All values with one change: an optional field or entry removed, a number at its minimum, a switch turned. */
export function neighboursOf(value: unknown, schema: Schema, path = ""): Neighbour[] {
  if (Array.isArray(value)) return neighboursOfList(value, schema, path);
  if (typeof value === "object" && value !== null) return neighboursOfObject(value as Fields, schema, path);
  return others(value, schema).map((other) => ({ path, value: other }));
}

type Fields = Record<string, unknown>;

function others(value: unknown, schema: Schema): unknown[] {
  if (typeof value === "number") return value === schema.minimum ? [value + 1] : [schema.minimum];
  if (typeof value === "boolean") return [!value].filter((other) => schema.enum?.includes(other) ?? true);
  return [];
}

function neighboursOfList(list: readonly unknown[], { items = {}, minItems = 0 }: Schema, path: string): Neighbour[] {
  return list.flatMap((item, index) => [
    ...neighboursOf(item, items, `${path}[]`).map((each) => ({ ...each, value: list.with(index, each.value) })),
    ...(list.length > minItems ? [{ path: `${path}[]`, value: list.toSpliced(index, 1), removed: item }] : []),
  ]);
}

function neighboursOfObject(fields: Fields, schema: Schema, path: string): Neighbour[] {
  return Object.entries(fields).flatMap(([name, value]) => {
    const property = schema.properties?.[name];
    const inner = property ?? schema.additionalProperties ?? {};
    const innerPath = property ? [path, name].filter(Boolean).join(".") : `${path}{}`;
    const { [name]: _, ...rest } = fields;
    const isOptional = !schema.required?.includes(name);
    return [
      ...neighboursOf(value, inner, innerPath).map((each) => ({ ...each, value: { ...fields, [name]: each.value } })),
      ...(isOptional ? [{ path: innerPath, value: rest, removed: value }] : []),
    ];
  });
}
