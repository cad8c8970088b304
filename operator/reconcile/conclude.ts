import { REASON } from "../api/reasons.ts";
import type { Change } from "./change.ts";
import { DELAY_MS } from "./delays.ts";
import { MAX_WRITES } from "./history.ts";
import { again, failed, stalled, waiting, type Failure, type Outcome } from "./outcome.ts";
import type { PartResult, PartState } from "./part.ts";

export interface Conclusion {
  /** For Ready=True. */
  message: string;
  recheckAfterMs: number;
  /** The field that has the state of each part, if there is one. */
  detailsIn?: string;
}

/**
 * One outcome for all parts. What needs only time goes first: an object is Stalled only when nothing is left to wait
 * for. Throws an OutcomeError unless all parts are in sync.
 */
export function conclude(results: readonly PartResult[], conclusion: Conclusion): Outcome {
  const { message, recheckAfterMs, detailsIn } = conclusion;
  const inState = (state: PartState) => results.filter((result) => result.state === state);
  const failures = inState("Failed");
  const temporary = failures.filter(({ failure }) => failure?.terminal !== true);
  if (temporary.length > 0) throw failed(mostUrgent(temporary, detailsIn));

  const settling = inState("Settling");
  if (settling.length > 0) {
    throw again(REASON.settling, `Waiting until AWS shows what was written: ${names(settling)}`, DELAY_MS.settling);
  }
  const [held] = inState("Held").flatMap(({ part }) => part.held ?? []);
  if (held !== undefined) throw again(REASON.applying, held.message, held.afterMs);
  if (failures.length > 0) {
    const urgent = mostUrgent(failures, detailsIn);
    throw stalled(urgent.reason, urgent.message, recheckAfterMs);
  }
  const unstable = results.filter(({ state }) => state === "KeepsChanging" || state === "NotKept");
  if (unstable.length > 0) throw stalled(REASON.settingKeepsChanging, keepsChanging(unstable), recheckAfterMs);

  const planned = inState("Planned");
  if (planned.length > 0) {
    const plan = `Observe mode: changes would be made to ${names(planned)}; status.plan has them all`;
    throw waiting(REASON.changesPlanned, plan, recheckAfterMs);
  }
  return { kind: "done", recheckAfterMs, message };
}

/** The failure that is retried soonest, with the names of the others. */
function mostUrgent(results: readonly PartResult[], detailsIn: string | undefined): Failure {
  const [first, ...others] = results.toSorted(
    (a, b) => (a.failure?.retryAfterMs ?? 0) - (b.failure?.retryAfterMs ?? 0),
  );
  if (first?.failure === undefined) throw new Error("No part failed");
  const where = detailsIn === undefined ? "" : `: see ${detailsIn}`;
  const more = others.length === 0 ? "" : ` (and ${names(others)}${where})`;
  return { ...first.failure, message: `${first.part.name}: ${first.failure.message}${more}` };
}

/** What was seen of parts that no write makes last. AWS does not tell who changes them. */
export function keepsChanging(results: readonly PartResult[]): string {
  const where = (state: PartState) =>
    results
      .filter((result) => result.state === state)
      .map(({ part }) => [part.name, paths(part.changes)].filter((text) => text !== "").join(" "))
      .join(", ");
  const [lost, changed] = [where("NotKept"), where("KeepsChanging")];
  return [
    lost &&
      `Written ${MAX_WRITES} times, and never read back as written: ${lost}. The endpoint accepts it and does not keep it: remove it from the spec if the endpoint does not support it`,
    changed &&
      `Written ${MAX_WRITES} times, read back as written, and changed after that: ${changed}. Find which identity changes it (CloudTrail records changes at AWS), and let only one of the two manage it`,
    "The next try is in an hour",
  ]
    .filter((sentence) => sentence !== "")
    .join(". ");
}

function names(results: readonly PartResult[]): string {
  return results.map(({ part }) => part.name).join(", ");
}

/** Where the changes are, without those of a part as a whole. */
export function paths(changes: readonly Change[]): string {
  return changes
    .map(({ path }) => path)
    .filter((path) => path !== "")
    .join(", ");
}
