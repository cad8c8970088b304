import type { S3BucketSpec } from "../api/types.ts";
import { ENTRY_SETTINGS, type EntrySetting } from "../bucket/settings/entries.ts";
import type { ExportedSetting } from "../bucket/settings/to-spec.ts";
import { violations, type Schema, type Violation } from "./violations.ts";

/** The path of what can be omitted alone: a setting, an entry of its list, or a key of its map. */
type Part = readonly (string | number)[];

/**
 * What the API server accepts of an exported setting: all but the entries that it refuses, if the operator leaves entries
 * outside the spec as they are; otherwise all or nothing. Pure.
 */
export function acceptedPart(name: keyof S3BucketSpec, exported: ExportedSetting, checks: Schema): ExportedSetting {
  const { spec = {}, omitted = [] } = exported;
  const refused = violations(checks, spec);
  if (refused.length === 0) return exported;
  const parts = refused.map(({ path }) => partOf(path, spec));
  const rest = { [name]: without(spec[name], parts) };
  // A setting without its last entry says nothing, and may be invalid.
  const isLeft = Object.keys(rest[name] ?? {}).length > 0 && violations(checks, rest).length === 0;
  return { ...(isLeft && { spec: rest }), omitted: [...omitted, ...notesOn(refused, parts, spec)] };
}

function partOf([name = "", field = "", index]: Violation["path"], spec: S3BucketSpec): Part {
  if (name === "tags" && field !== "") return [name, field];
  const setting = ENTRY_SETTINGS.find((each) => each === name);
  return setting !== undefined && index !== undefined && keepsOthers(spec, setting) ? [name, field, index] : [name];
}

/** Absent means `Remove` for rules, and `Keep` for configurations. */
function keepsOthers(spec: S3BucketSpec, name: EntrySetting): boolean {
  if (name === "lifecycle" || name === "cors") return spec[name]?.unmanagedRules === "Keep";
  return spec[name]?.unmanagedConfigurations !== "Remove";
}

/** Undefined: the whole setting is omitted. Lists that get empty are omitted too. */
function without(value: unknown, parts: readonly Part[]): object | undefined {
  if (parts.some(({ length }) => length === 1)) return undefined;
  const isKept = (...path: Part) => !parts.some((part) => part.slice(1).every((each, index) => each === path[index]));
  const fields = Object.entries(value as object).flatMap(([field, inner]: [string, unknown]) => {
    if (!Array.isArray(inner)) return isKept(field) ? [[field, inner]] : [];
    const kept = inner.filter((_entry, index) => isKept(field, index));
    return kept.length > 0 ? [[field, kept]] : [];
  });
  return Object.fromEntries(fields) as object;
}

/** "rules[web]: in a spec, filter.tags must have at most 10 entries". One for each part. */
function notesOn(refused: readonly Violation[], parts: readonly Part[], spec: S3BucketSpec): string[] {
  const grouped = Map.groupBy(refused, (violation) => shown(parts[refused.indexOf(violation)] ?? [], spec));
  return [...grouped].map(([part, each]) => {
    const messages = each.map(({ path, message }) => `${shown(path, spec).slice(part.length)} ${message}`);
    const requirements = new Set(messages.map((message) => message.replace(/^[. ]/, "")));
    const entry = part.replace(/^\w+[.]?/, "");
    return `${entry === "" ? "" : `${entry}: `}in a spec, ${[...requirements].join(", and ")}`;
  });
}

/** "cors.rules[web].id". Entries without an id have a position. */
function shown(path: Part, value: unknown): string {
  const [first, ...rest] = path;
  if (first === undefined) return "";
  const inner = (value as Record<string, unknown> | undefined)?.[first];
  const { id, sid } = (typeof inner === "object" && inner !== null ? inner : {}) as { id?: string; sid?: string };
  const below = shown(rest, inner);
  const name = typeof first === "number" ? `[${id || sid || `#${first + 1}`}]` : first;
  return `${name}${below === "" || below.startsWith("[") ? "" : "."}${below}`;
}
