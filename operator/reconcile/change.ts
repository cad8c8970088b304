/** One difference between what is declared and what AWS has. */
export interface Change {
  /** Below the setting's name: "rules[raw-tiers].expiration"; "" is the setting as a whole. */
  path: string;
  /** As people read it, cut to {@link MAX_VALUE} characters; "" is nothing. Never a secret. */
  desired: string;
  actual: string;
}

/** Characters of a value in status: enough to recognise it, too few to fill etcd. */
export const MAX_VALUE = 256;

/** A value for people: strings as they are, the rest as JSON, absent as "". */
export function show(value: unknown): string {
  if (value === undefined || value === null) return "";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length <= MAX_VALUE ? text : `${text.slice(0, MAX_VALUE - 1).toWellFormed()}…`;
}

/** No change, or one. Compares as JSON: both sides must be normalised to the same key order. */
export function compare(path: string, desired: unknown, actual: unknown): Change[] {
  return JSON.stringify(desired) === JSON.stringify(actual)
    ? []
    : [{ path, desired: show(desired), actual: show(actual) }];
}
