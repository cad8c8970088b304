/** Whether something holds; or what it depends on that only the request itself would tell: condition keys, each once, never none. */
export type Truth = boolean | readonly string[];

/** Holds if all do; nothing is all of none. */
export function every(truths: readonly Truth[]): Truth {
  if (truths.includes(false)) return false;
  const open = truths.flatMap((truth) => (typeof truth === "boolean" ? [] : truth));
  return open.length === 0 ? true : [...new Set(open)];
}

export function some(truths: readonly Truth[]): Truth {
  return not(every(truths.map(not)));
}

export function not(truth: Truth): Truth {
  return typeof truth === "boolean" ? !truth : truth;
}
