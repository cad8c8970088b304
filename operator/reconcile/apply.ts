import type { History } from "./history.ts";
import { failureIn } from "./outcome.ts";
import type { Part, PartResult } from "./part.ts";

/** Where a part stands with nothing written. */
export function examine<P extends Part>(part: P): PartResult<P> {
  const { blocked, changes, held } = part;
  if (blocked !== undefined) return { part, state: "Failed", failure: blocked };
  if (changes.length === 0) return { part, state: "InSync" };
  return { part, state: held === undefined ? "Planned" : "Held" };
}

/** The parts that {@link applyParts} would write. */
export function partsToWrite<P extends Part>(parts: readonly P[], history: History, uid: string): P[] {
  return parts.filter((part) => examine(part).state === "Planned" && history.judge(uid, part) === "Write");
}

/** Writes what differs, one part after another. Only a failed prerequisite stops the parts after it. */
export async function applyParts<P extends Part>(
  parts: readonly P[],
  write: (part: P) => Promise<void>,
  history: History,
  uid: string,
): Promise<PartResult<P>[]> {
  const results: PartResult<P>[] = [];
  for (const part of parts) {
    const isStopped = results.some(({ part: { isPrerequisite }, state }) => isPrerequisite && state === "Failed");
    results.push(isStopped ? { part, state: "Skipped" } : await applyPart(part, write, history, uid));
  }
  return results;
}

async function applyPart<P extends Part>(
  part: P,
  write: (part: P) => Promise<void>,
  history: History,
  uid: string,
): Promise<PartResult<P>> {
  const examined = examine(part);
  if (examined.state === "InSync") history.inSync(uid, part.name);
  if (examined.state !== "Planned") return examined;
  const verdict = history.judge(uid, part);
  if (verdict !== "Write") return { part, state: verdict };
  history.wrote(uid, part);
  try {
    await write(part);
    return { part, state: "Settling" };
  } catch (error) {
    history.failed(uid, part.name);
    const failure = failureIn(error);
    if (failure === undefined) throw error;
    return { part, state: "Failed", failure };
  }
}

/** Updates the results of parts that settle from another observation, `parts`. */
export function readBack<P extends Part>(
  results: readonly PartResult<P>[],
  parts: readonly P[],
  history: History,
  uid: string,
): PartResult<P>[] {
  return results.map((result) => {
    const part = parts.find(({ name }) => name === result.part.name);
    if (result.state !== "Settling" || part === undefined) return result;
    const examined = examine(part);
    if (examined.state === "InSync") history.confirmed(uid, part.name);
    return examined.state === "Planned" || examined.state === "Held" ? { part, state: "Settling" } : examined;
  });
}
