import type { Change } from "../change.ts";
import type { Part, PartResult, PartState } from "../part.ts";

export function change(path: string, desired = "a", actual = "b"): Change {
  return { path, desired, actual };
}

/** A part that differs. */
export function partOf(name: string, overrides: Partial<Part> = {}): Part {
  return { name, desired: "a", changes: [change("")], ...overrides };
}

export function resultOf(part: Part, state: PartState, failure?: PartResult["failure"]): PartResult {
  return { part, state, ...(failure && { failure }) };
}
