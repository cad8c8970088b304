import { flatFields, flatFilter, type FlatFilter, foldFilter } from "./filter.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * `ours`, in S3's words, with what `former` has besides: what AWS adds to a document with the years survives our writes of it. `fields` are the paths
 * that a spec can say, such as "Filter.Prefix"; what `ours` leaves out of those is gone, with all that was in it.
 */
export function carryOver<T extends object>(ours: T, former: object | undefined, fields: readonly string[]): T {
  return former === undefined ? ours : (merged(ours as Fields, former as Fields, fields) as T);
}

/** The same for a list of entries, each with the former one of the same id, or that says the same. */
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

/** Undefined: it is gone. `fields` are what a spec can say below it. */
function mergedValue(ours: unknown, theirs: unknown, fields: readonly string[]): unknown {
  if (fields.some((path) => path.startsWith("And."))) return mergedFilter(ours, theirs, fields);
  if (isFields(ours) && isFields(theirs)) return merged(ours, theirs, fields);
  if (Array.isArray(ours) && Array.isArray(theirs)) return mergedList(ours, theirs, fields);
  if (ours !== undefined) return ours;
  return fields.length === 0 || isUnsaid(theirs, fields) ? theirs : undefined;
}

/** Whether it has something, and nothing that a spec can say. */
function isUnsaid(theirs: unknown, fields: readonly string[]): boolean {
  if (!isFields(theirs) || Object.keys(theirs).length === 0) return false;
  return fields.every((path) => valueAt(theirs, path) === undefined);
}

/** Each criterion by itself, in whatever form the filter is. */
function mergedFilter(ours: unknown, theirs: unknown, fields: readonly string[]): unknown {
  const flat = (filter: unknown) => flatFilter(isFields(filter) ? filter : {});
  return foldFilter(merged(flat(ours), flat(theirs), flatFields(fields)) as FlatFilter) ?? ours;
}

/** Entries are known by their ids, or else by what they say, or by the place in a list that is as long as it was. */
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

/** By what S3 tells entries of a list apart, the first that they have. */
const NAMES = ["ID", "Id", "StorageClass", "AccessTier", "Key", "Name"];

function identityOf(item: Fields, fields: readonly string[]): string {
  const name = NAMES.find((each) => item[each] !== undefined);
  if (name === "Name") return String(item[name]).toLowerCase();
  return JSON.stringify(name === undefined ? fields.map((path) => valueAt(item, path)) : item[name]);
}

function below(name: string, fields: readonly string[]): string[] {
  return fields.filter((path) => path.startsWith(`${name}.`)).map((path) => path.slice(name.length + 1));
}

/** A path that leads through a list ends there. */
function valueAt(value: unknown, path: string): unknown {
  return path.split(".").reduce((inner, name) => (isFields(inner) ? inner[name] : inner), value);
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
