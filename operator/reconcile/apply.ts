import { type Failure, failureIn } from "./outcome.ts";
import type { History, Verdict } from "./history.ts";
import type { Part, PartResult, PartState } from "./part.ts";

/** Parts that differ and are to be written now. */
export function partsToWrite(parts: readonly Part[], history: History, uid: string): Part[] {
  return parts.filter(
    (part) => part.changes.length > 0 && part.blocked === undefined && verdictOn(part, history, uid) === "Write",
  );
}

/** One after another. A part that fails does not stop the others: what narrows the access must not wait for what widens it. */
export async function applyParts(parts: readonly Part[], history: History, uid: string): Promise<PartResult[]> {
  const results: PartResult[] = [];
  for (const part of parts) results.push(await applyPart(part, history, uid));
  return results;
}

async function applyPart(part: Part, history: History, uid: string): Promise<PartResult> {
  const { setting, changes, blocked } = part;
  const result = (state: PartState, failure?: Failure) => ({ setting, changes, state, ...(failure && { failure }) });
  if (blocked !== undefined) return result("Failed", blocked);
  if (changes.length === 0) {
    history.held(uid, setting);
    return result("InSync");
  }
  const verdict = verdictOn(part, history, uid);
  if (verdict !== "Write") return result(verdict);
  history.wrote(uid, part);
  try {
    await part.write();
    return result("Settling");
  } catch (error) {
    history.failed(uid, setting);
    const failure = failureIn(error);
    if (failure === undefined) throw error;
    return result("Failed", failure);
  }
}

function verdictOn(part: Part, history: History, uid: string): Verdict {
  const verdict = history.judge(uid, part);
  return part.isConsistent === true && verdict === "Settling" ? "Write" : verdict;
}

/** What a second look at the same parts says of those that were written. */
export function readBack(results: readonly PartResult[], parts: readonly Part[]): PartResult[] {
  return results.map((result) => {
    const part = parts.find(({ setting }) => setting === result.setting);
    if (result.state !== "Settling" || part === undefined) return result;
    return { ...result, changes: part.changes, state: part.changes.length === 0 ? "InSync" : "Settling" };
  });
}
