/** A part of the CRD's schema. `npm run generate` writes it from crds/. */
export interface Schema {
  type?: "object" | "array" | "string" | "integer" | "boolean";
  enum?: readonly unknown[];
  pattern?: RegExp;
  format?: "date-time" | "int32" | "int64";
  /** Bounds of a number, of the characters of a string, of the items of a list, or of the entries of a map. */
  min?: number;
  max?: number;
  required?: readonly string[];
  properties?: Readonly<Record<string, Schema>>;
  items?: Schema;
  additionalProperties?: Schema;
  /** Fields by which the items of a list differ; []: the items themselves differ. */
  distinctBy?: readonly string[];
  rules?: readonly Rule[];
}

/** A rule in CEL, translated. */
interface Rule {
  holds: (self: never) => boolean;
  message: string;
  /** Relative to the value. Absent: the value itself. */
  field?: string;
}

export interface Violation {
  /** Fields, keys and positions. */
  path: readonly (string | number)[];
  /** What the API server requires: "must ..." or "may not ...". */
  message: string;
}

/** What the API server would refuse in a value, [] for a valid one. Pure. */
export function violations(schema: Schema, value: unknown, path: Violation["path"] = []): Violation[] {
  const wrong = typeProblem(schema, value) ?? boundProblem(schema, value);
  if (wrong !== undefined) return [{ path, message: wrong }];
  const { rules = [] } = schema;
  const self = rules.length === 0 ? value : withTimes(schema, value);
  const broken = rules.filter((rule) => !holds(rule, self));
  return [
    ...broken.map(({ field, message }) => ({ path: [...path, ...(field?.split(".") ?? [])], message })),
    ...(Array.isArray(value) ? itemViolations(schema, value, path) : []),
    ...(isObject(value) ? fieldViolations(schema, value, path) : []),
  ];
}

function typeProblem({ type, enum: allowed, pattern, format }: Schema, value: unknown): string | undefined {
  if (type !== undefined && type !== typeOf(value)) return `must be of type ${type}`;
  if (allowed !== undefined && !allowed.includes(value)) return `must be one of ${allowed.join(", ")}`;
  if (typeof value !== "string") return undefined;
  if (UNSTABLE.test(value)) return `must not contain ${codesOf(value)}, which server-side apply refuses or changes`;
  if (pattern !== undefined && !pattern.test(value)) return `must match ${pattern.source}`;
  return format === "date-time" && !isTime(value) ? "must be a time that exists" : undefined;
}

/**
 * Server-side apply sends JSON, and the API server reads it as YAML, where these are not allowed, or end a line.
 * https://yaml.org/spec/1.2.2/#51-character-set
 */
const UNSTABLE = /[\x7F-\x9F\uD800-\uDFFF\uFEFF\uFFFE\uFFFF]/u;

function codesOf(text: string): string {
  const codes = Array.from(text)
    .filter((each) => UNSTABLE.test(each))
    .map((each) => each.codePointAt(0) ?? 0);
  return [...new Set(codes)].map((code) => `U+${code.toString(16).toUpperCase().padStart(4, "0")}`).join(", ");
}

/** JavaScript takes February 30 for March 2. https://www.rfc-editor.org/rfc/rfc3339#section-5.6 */
function isTime(text: string): boolean {
  const isWhole = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([.]\d+)?(Z|[+-]\d\d:\d\d)$/i.test(text);
  const day = new Date(text.slice(0, 10)).getUTCDate();
  return isWhole && day === Number(text.slice(8, 10)) && !Number.isNaN(Date.parse(text));
}

/** As rules see it: with dates in place of the text of times. */
function withTimes(schema: Schema, value: unknown): unknown {
  const { format, properties = {}, items: item, additionalProperties } = schema;
  if (typeof value === "string") return format === "date-time" ? new Date(value) : value;
  if (Array.isArray(value)) return item === undefined ? value : value.map((each) => withTimes(item, each));
  if (!isObject(value)) return value;
  const fields = Object.entries(value).map(([field, inner]) => {
    const known = Object.hasOwn(properties, field) ? properties[field] : additionalProperties;
    return [field, known === undefined ? inner : withTimes(known, inner)] as const;
  });
  return Object.fromEntries(fields);
}

function boundProblem({ min = -Infinity, max = Infinity }: Schema, value: unknown): string | undefined {
  const number = typeof value === "number" ? value : size(value);
  const has = (bound: string, limit: number) => {
    if (typeof value === "number") return `must be ${bound} ${limit}`;
    const unit = typeof value === "string" ? ["character", "characters"] : ["entry", "entries"];
    return `must have ${bound} ${limit} ${unit[limit === 1 ? 0 : 1]}`;
  };
  if (number < min) return has("at least", min);
  return number > max ? has("at most", max) : undefined;
}

/** A rule that fails does not hold, as at the API server. */
function holds(rule: Rule, value: unknown): boolean {
  try {
    return rule.holds(value as never);
  } catch {
    return false;
  }
}

function itemViolations({ items, distinctBy }: Schema, list: readonly unknown[], path: Violation["path"]): Violation[] {
  const identities = list.map((item) => identityOf(item, distinctBy ?? []));
  return list.flatMap((item, index) => {
    const isDouble = distinctBy !== undefined && identities.indexOf(identities[index] ?? "") < index;
    const double = isDouble ? [{ path: [...path, index], message: "must not repeat an earlier item" }] : [];
    return [...double, ...(items === undefined ? [] : violations(items, item, [...path, index]))];
  });
}

function identityOf(item: unknown, fields: readonly string[]): string {
  return JSON.stringify(fields.length === 0 ? item : fields.map((field) => (isObject(item) ? item[field] : undefined)));
}

function fieldViolations(schema: Schema, value: Record<string, unknown>, path: Violation["path"]): Violation[] {
  const { required = [], properties = {}, additionalProperties } = schema;
  return [
    ...required
      .filter((field) => value[field] === undefined)
      .map((field) => ({ path: [...path, field], message: "must be set" })),
    ...Object.entries(value).flatMap(([field, inner]) => {
      const at = [...path, field];
      if (UNSTABLE.test(field)) return violations({ type: "string" }, field, at);
      const known = Object.hasOwn(properties, field) ? properties[field] : additionalProperties;
      return known === undefined ? [{ path: at, message: "must not be set" }] : violations(known, inner, at);
    }),
  ];
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return "array";
  return Number.isSafeInteger(value) ? "integer" : typeof value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** CEL's size(): Unicode characters, items, or entries. 0 for other values. */
export function size(value: unknown): number {
  if (typeof value === "string") return Array.from(value).length;
  return typeof value === "object" && value !== null ? items(value).length : 0;
}

/** What CEL's macros iterate over: the items of a list, or the keys of a map. */
export function items(value: object): unknown[] {
  return Array.isArray(value) ? value : Object.keys(value);
}
