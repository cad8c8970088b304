import type { S3BucketSpec } from "../../api/types.ts";

/** What a spec is to say of a setting so that the operator finds it just as it is. `{}`: it is at S3's own default, about which a spec can be silent. */
export interface ExportedSetting {
  spec?: S3BucketSpec;
  /** What the bucket has besides, and no spec can say, each as people know it. It stays as it is. */
  omitted?: readonly string[];
}

/** How entries of one kind are said in a spec. */
export interface EntryForm<Entry extends object, Spec> {
  /** "rule 'raw-tiers'". */
  nameOf: (entry: Entry, index: number) => string;
  /** Paths of the fields in S3's words that a spec can say, such as "Filter.Prefix". */
  fields: readonly string[];
  toSpec: (entry: Entry, index: number) => Spec;
  /** The way back, for the proof that nothing was lost. */
  toEntry: (spec: Spec) => Entry;
  /** The same for every way in which S3 may write the same entry. */
  canonical: (entry: Entry) => unknown;
  /** As the CRD bounds them. */
  max: number;
}

interface ExportedEntries<Spec> {
  specs: Spec[];
  omitted: string[];
}

/** Sorts out which entries a spec can say whole: one that has more to it stays out of the spec, so that no write of ours ever cuts it. */
export function entriesToSpec<Entry extends object, Spec>(
  entries: readonly Entry[],
  form: EntryForm<Entry, Spec>,
): ExportedEntries<Spec> {
  const result: ExportedEntries<Spec> = { specs: [], omitted: [] };
  for (const [index, entry] of entries.entries()) {
    const spec = form.toSpec(entry, index);
    const problem = result.specs.length >= form.max ? `is beyond the ${form.max} of a spec` : lossOf(entry, spec, form);
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
  if (unknown.length > 0) return `has ${unknown.join(", ")}, of which a spec knows nothing`;
  const isSame = JSON.stringify(canonical(toEntry(spec))) === JSON.stringify(canonical(entry));
  return isSame ? undefined : "is of a form that a spec does not know";
}

/** Paths of the fields that are set and not among those known; a known field is known with all that is in it. */
export function unknownFields(value: object, known: readonly string[], parent = ""): string[] {
  return Object.entries(value).flatMap(([field, inner]: [string, unknown]) => {
    const path = `${parent}${field}`;
    if (inner === undefined || known.includes(path)) return [];
    const isOnTheWay = known.some((each) => each.startsWith(`${path}.`));
    if (!isOnTheWay || typeof inner !== "object" || inner === null) return [path];
    const items = Array.isArray(inner) ? (inner as unknown[]) : [inner];
    const unknown = items.flatMap((item) => unknownFields(item as object, known, `${path}.`));
    return [...new Set(unknown)];
  });
}

/** What an export says of them. */
export function omittedFields(value: object, known: readonly string[]): string[] {
  return unknownFields(value, known).map((field) => `${field}, of which a spec knows nothing`);
}

/** The fields that are not undefined. All must be named, so that none is forgotten. */
export function stated<Spec>(fields: { [Field in keyof Spec]-?: Spec[Field] | undefined }): Spec {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Spec;
}

/** Undefined where no field is set. */
export function unlessEmpty<T extends object>(fields: T): T | undefined {
  return Object.values(fields).some((value) => value !== undefined) ? fields : undefined;
}

/** Undefined for an empty list, which the CRD refuses. */
export function unlessNone<T>(list: readonly T[] | undefined): T[] | undefined {
  return list === undefined || list.length === 0 ? undefined : [...list];
}

/** Each value once, as the CRD wants its sets; undefined for none. */
export function distinct<T>(values: readonly T[] | undefined): T[] | undefined {
  return values && unlessNone([...new Set(values)]);
}
