/** Whether something holds, or the condition keys of the request that decide it: each once, at least one. */
export type Truth = boolean | readonly string[];

/** Holds if all hold; true for an empty list. */
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
