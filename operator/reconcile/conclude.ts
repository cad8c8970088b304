import { REASON } from "../api/reasons.ts";
import { MAX_WRITES } from "./history.ts";
import { type Failure, type Outcome, again, failed, stalled } from "./outcome.ts";
import type { PartResult, PartState } from "./part.ts";

const SETTLING_RECHECK_MS = 5_000;

/** One outcome for all parts. What comes right by itself goes first: an access is stalled only when nothing is left to wait for. */
export function outcomeOf(results: readonly PartResult[], message: string, recheckAfterMs: number): Outcome {
  const inState = (state: PartState) => results.filter((result) => result.state === state);
  const failures = inState("Failed").flatMap(({ setting, failure }) => (failure ? [withName(setting, failure)] : []));
  const temporary = failures.filter(({ terminal }) => terminal !== true);
  const soonest = temporary.toSorted((a, b) => (a.retryAfterMs ?? 0) - (b.retryAfterMs ?? 0))[0];
  if (soonest !== undefined) throw failed(soonest);

  const settling = inState("Settling");
  if (settling.length > 0) {
    throw again(REASON.settling, `Waiting until AWS shows what was written: ${names(settling)}`, SETTLING_RECHECK_MS);
  }
  const [terminal] = failures;
  if (terminal !== undefined) throw stalled(terminal.reason, terminal.message, recheckAfterMs);
  const unstable = inState("KeepsChanging");
  if (unstable.length > 0) throw stalled(REASON.settingKeepsChanging, keepsChanging(unstable), recheckAfterMs);
  return { kind: "done", recheckAfterMs, message };
}

function withName(setting: string, failure: Failure): Failure {
  return { ...failure, message: `${setting}: ${failure.message}` };
}

function keepsChanging(unstable: readonly PartResult[]): string {
  return (
    `Written ${MAX_WRITES} times, and each time found changed again: ${names(unstable)}. Another tool seems to manage it: ` +
    "let only one of the two do so. The next try is in an hour"
  );
}

function names(results: readonly PartResult[]): string {
  return results.map(({ setting }) => setting).join(", ");
}
