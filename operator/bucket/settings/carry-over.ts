import { flatFields, flatFilter, foldFilter, type FlatFilter } from "./filter.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * `ours` with the fields of `former` that a spec cannot express, so that a write keeps what AWS added to the document
 * later. `fields` are the paths that a spec can express, such as "Filter.Prefix": if `ours` lacks one, it is removed.
 */
export function carryOver<T extends object>(ours: T, former: object | undefined, fields: readonly string[]): T {
  return former === undefined ? ours : (merged(ours as Fields, former as Fields, fields) as T);
}

/** The same for each entry of a list. Entries are matched by id, or else by content. */
export function carryOverEach<T extends object>(
  ours: readonly T[],
  former: readonly object[] | undefined,
  fields: readonly string[],
): T[] {
  return mergedList(ours, former ?? [], fields) as T[];
}

function merged(ours: Fields, former: Fields, fields: readonly string[]): Fields {
  const kept = Object.entries(former).filter(([name]) => !fields.includes(name) || isFields(ours[name]));
  const values = kept.map(([name, theirs]) => [name, mergedValue(ours[name], theirs, below(name, fields))] as const);
  return { ...ours, ...Object.fromEntries(values.filter(([, value]) => value !== undefined)) };
}

/** Undefined: removed. `fields` are the paths below this value that a spec can express. */
function mergedValue(ours: unknown, theirs: unknown, fields: readonly string[]): unknown {
  if (fields.some((path) => path.startsWith("And."))) return mergedFilter(ours, theirs, fields);
  if (isFields(ours) && isFields(theirs)) return merged(ours, theirs, fields);
  if (Array.isArray(ours) && Array.isArray(theirs)) return mergedList(ours, theirs, fields);
  if (ours !== undefined) return ours;
  return fields.length === 0 || isInexpressible(theirs, fields) ? theirs : undefined;
}

/** Whether it has content, none of which a spec can express. */
function isInexpressible(theirs: unknown, fields: readonly string[]): boolean {
  if (!isFields(theirs) || Object.keys(theirs).length === 0) return false;
  return fields.every((path) => valueAt(theirs, path) === undefined);
}

/** Merges a filter criterion by criterion, whatever its form. */
function mergedFilter(ours: unknown, theirs: unknown, fields: readonly string[]): unknown {
  const flat = (filter: unknown) => flatFilter(isFields(filter) ? filter : {});
  return foldFilter(merged(flat(ours), flat(theirs), flatFields(fields)) as FlatFilter) ?? ours;
}

/** Matches entries by id, else by content, else by their place in a list of unchanged length. */
function mergedList(ours: readonly unknown[], theirs: readonly unknown[], fields: readonly string[]): unknown[] {
  const identities = (list: readonly unknown[]) => list.map((item) => (isFields(item) ? identityOf(item, fields) : ""));
  const [names, former] = [identities(ours), identities(theirs)];
  return ours.map((item, index) => {
    if (!isFields(item)) return item;
    const isOfPlace = ours.length === theirs.length && !hasId(item) && !names.includes(former[index] ?? "");
    const same = former.indexOf(names[index] ?? "");
    const counterpart = theirs[same === -1 && isOfPlace ? index : same];
    return isFields(counterpart) ? merged(item, counterpart, fields) : item;
  });
}

function hasId(item: Fields): boolean {
  return (item["ID"] ?? item["Id"]) !== undefined;
}

/** Fields that identify an entry of a list; the first one that is set counts. */
const NAMES = ["ID", "Id", "StorageClass", "AccessTier", "Key", "Name"];

function identityOf(item: Fields, fields: readonly string[]): string {
  const name = NAMES.find((each) => item[each] !== undefined);
  if (name === "Name") return String(item[name]).toLowerCase();
  return JSON.stringify(name === undefined ? fields.map((path) => valueAt(item, path)) : item[name]);
}

function below(name: string, fields: readonly string[]): string[] {
  return fields.filter((path) => path.startsWith(`${name}.`)).map((path) => path.slice(name.length + 1));
}

/** Stops at the first list. */
function valueAt(value: unknown, path: string): unknown {
  return path.split(".").reduce((inner, name) => (isFields(inner) ? inner[name] : inner), value);
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
