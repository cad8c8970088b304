/** One difference between what is declared and what AWS has. */
export interface Change {
  /** Below the setting's name: "rules[raw-tiers].expiration"; "" is the setting as a whole. */
  path: string;
  /** As users read it, cut to {@link MAX_VALUE} characters; "" is nothing. Never a secret. */
  desired: string;
  actual: string;
}

/** Characters of a value in status: enough to recognise it, too few to fill etcd. */
export const MAX_VALUE = 256;

/** A value for users: strings as they are, the rest as JSON, absent as "". */
export function show(value: unknown): string {
  if (value === undefined || value === null) return "";
  return cut(typeof value === "string" ? value : JSON.stringify(value), MAX_VALUE);
}

/** Cuts a text to `length` characters. */
export function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).toWellFormed()}…`;
}

/** No change, or one. Compares as JSON: both sides must be normalised to the same key order. */
export function compare(path: string, desired: unknown, actual: unknown): Change[] {
  return JSON.stringify(desired) === JSON.stringify(actual)
    ? []
    : [{ path, desired: show(desired), actual: show(actual) }];
}
