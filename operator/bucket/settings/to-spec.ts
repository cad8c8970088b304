import type { S3BucketSpec } from "../../api/types.ts";

/** What a setting contributes to an exported spec. `{}`: it has S3's default, which a spec need not mention. */
export interface ExportedSetting {
  spec?: S3BucketSpec;
  /** Notes for users on what a spec cannot express. The operator leaves that as it is. */
  omitted?: readonly string[];
}

/** How a spec expresses entries of one kind. */
export interface EntryForm<Entry extends object, Spec> {
  /** "rule 'raw-tiers'". */
  nameOf: (entry: Entry, index: number) => string;
  /** Paths of the fields that a spec can express, in S3's words: "Filter.Prefix". */
  fields: readonly string[];
  toSpec: (entry: Entry, index: number) => Spec;
  /** The inverse of `toSpec`, to prove that nothing is lost. */
  toEntry: (spec: Spec) => Entry;
  /** Equal for all forms in which S3 may return the same entry. */
  canonical: (entry: Entry) => unknown;
  /** The CRD's limit. */
  max: number;
}

interface ExportedEntries<Spec> {
  specs: Spec[];
  omitted: string[];
}

/** Omits each entry that a spec cannot express completely, so that no later write truncates it. */
export function entriesToSpec<Entry extends object, Spec>(
  entries: readonly Entry[],
  form: EntryForm<Entry, Spec>,
): ExportedEntries<Spec> {
  const result: ExportedEntries<Spec> = { specs: [], omitted: [] };
  for (const [index, entry] of entries.entries()) {
    const spec = form.toSpec(entry, index);
    const problem = result.specs.length >= form.max ? `exceeds the ${form.max} of a spec` : lossOf(entry, spec, form);
    if (problem === undefined) result.specs.push(spec);
    else result.omitted.push(`${form.nameOf(entry, index)} ${problem}`);
  }
  return result;
}

function lossOf<Entry extends object, Spec>(
  entry: Entry,
  spec: Spec,
  { fields, toEntry, canonical }: EntryForm<Entry, Spec>,
): string | undefined {
  const unknown = unknownFields(entry, fields);
  if (unknown.length > 0) return `has ${unknown.join(", ")}, which a spec cannot express`;
  const isSame = JSON.stringify(canonical(toEntry(spec))) === JSON.stringify(canonical(entry));
  return isSame ? undefined : "has a form that a spec cannot express";
}

/** Paths of the fields that are set but not in `known`. A path in `known` covers everything below it. */
export function unknownFields(value: object, known: readonly string[], parent = ""): string[] {
  return Object.entries(value).flatMap(([field, inner]: [string, unknown]) => {
    const path = `${parent}${field}`;
    if (inner === undefined || known.includes(path)) return [];
    const isPartlyKnown = known.some((each) => each.startsWith(`${path}.`));
    if (!isPartlyKnown || typeof inner !== "object" || inner === null) return [path];
    const items = Array.isArray(inner) ? (inner as unknown[]) : [inner];
    const unknown = items.flatMap((item) => unknownFields(item as object, known, `${path}.`));
    return [...new Set(unknown)];
  });
}

/** Export notes on {@link unknownFields}. */
export function omittedFields(value: object, known: readonly string[]): string[] {
  return unknownFields(value, known).map((field) => `${field}, which a spec cannot express`);
}

/** Drops undefined fields. The type asks for every field, so that none is forgotten. */
export function stated<Spec>(fields: { [Field in keyof Spec]-?: Spec[Field] | undefined }): Spec {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Spec;
}

/** Undefined if no field is set. */
export function unlessEmpty<T extends object>(fields: T): T | undefined {
  return Object.values(fields).some((value) => value !== undefined) ? fields : undefined;
}

/** Undefined for an empty list, which the CRD refuses. */
export function unlessNone<T>(list: readonly T[] | undefined): T[] | undefined {
  return list === undefined || list.length === 0 ? undefined : [...list];
}

/** Removes duplicates, which the CRD refuses in sets; undefined if empty. */
export function distinct<T>(values: readonly T[] | undefined): T[] | undefined {
  return values && unlessNone([...new Set(values)]);
}
