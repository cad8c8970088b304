import { REASON } from "../api/reasons.ts";
import { announceExternalAccess } from "./announce.ts";
import type { SettingResult } from "./apply.ts";
import type { Claim } from "./claim.ts";
import type { BucketContext, BucketDependencies } from "./dependencies.ts";
import { corrected, driftSummary } from "./drift.ts";
import { keepsChanging, resultSettings, statusChanges } from "./report.ts";
import { dropReports, noteApplied, noteReports } from "./status.ts";
import { type Failure, type Outcome, again, failed, stalled, waiting } from "../reconcile/outcome.ts";
import type { Target } from "./target.ts";

/** Changes that a plan has room for in status. */
const MAX_PLAN = 100;
const SETTLING_RECHECK_MS = 5_000;

/** With `mode: Observe`: the plan stands in status, and nothing was written. */
export function concludeExamined(
  { status }: BucketContext,
  { bucket }: Target,
  results: readonly SettingResult[],
  recheckAfterMs: number,
): Outcome {
  const plans = results.map(({ plan }) => plan).filter(({ source }) => source !== "Unmanaged");
  status.settings = resultSettings(results);
  status.plan = statusChanges(plans, MAX_PLAN);
  return outcomeOf(results, bucket.name, recheckAfterMs);
}

/** `sharing`: why the managed key could not be shared with BucketAccesses. */
export function concludeApplied(
  { now }: BucketDependencies,
  context: BucketContext,
  { bucket }: Target,
  claim: Claim,
  results: readonly SettingResult[],
  recheckAfterMs: number,
  sharing?: Failure,
): Outcome {
  const { object, status, event } = context;
  delete status.plan;
  status.settings = resultSettings(results);
  noteApplied(status, appliedSettings(results, object.status?.appliedSettings ?? []));
  noteReports(status, results);
  dropReports(status);
  announceExternalAccess(context);
  const isTagged = results.some(({ plan, state }) => plan.setting.name === "tags" && state === "InSync");
  if (claim.isNew && claim.origin === "Adopted" && isTagged) {
    event({ type: "Normal", reason: REASON.bucketAdopted, action: "Adopt", note: `Adopted bucket '${bucket.name}'` });
  }
  const drift = corrected(status.drift, results, new Date(now()).toISOString());
  if (drift !== undefined) {
    status.drift = drift;
    const note = `As declared again: ${driftSummary(drift)}`;
    event({ type: "Normal", reason: REASON.driftCorrected, action: "Update", note });
  }
  const outcome = outcomeOf(results, bucket.name, recheckAfterMs);
  // What hinders the key hinders the bucket policy too, which says better what it is.
  if (sharing?.terminal === true) throw stalled(sharing.reason, sharing.message, recheckAfterMs);
  if (sharing !== undefined) throw failed(sharing);
  return outcome;
}

/** Those that were ours, without the ones given back; and those that now are, without the ones that AWS refused. */
function appliedSettings(results: readonly SettingResult[], before: readonly string[]): string[] {
  const applied = results.filter(({ plan, state, failure }) => {
    if (plan.source === "Unmanaged" || (plan.isReset === true && state === "InSync")) return false;
    const refused = state === "Skipped" || failure?.terminal === true || failure?.reason === "AccessDenied";
    return before.includes(plan.setting.name) || !refused;
  });
  return applied.map(({ plan }) => plan.setting.name);
}

/** One outcome for all settings. What comes right by itself goes first: an object is stalled only when nothing is left to wait for. */
export function outcomeOf(results: readonly SettingResult[], bucketName: string, recheckAfterMs: number): Outcome {
  const ours = results.filter(({ plan }) => plan.source !== "Unmanaged");
  const inState = (state: SettingResult["state"]) => ours.filter((result) => result.state === state);
  const failures = inState("Failed");
  const temporary = failures.filter(({ failure }) => failure?.terminal !== true);
  if (temporary.length > 0) throw failed(mostUrgent(temporary));

  const settling = inState("Settling");
  if (settling.length > 0) {
    throw again(REASON.settling, `Waiting until AWS shows what was written: ${names(settling)}`, SETTLING_RECHECK_MS);
  }
  const held = inState("Held").flatMap(({ plan }) => plan.held ?? []);
  for (const { message, afterMs } of held) throw again(REASON.applying, message, afterMs);
  if (failures.length > 0) {
    const { reason, message } = mostUrgent(failures);
    throw stalled(reason, message, recheckAfterMs);
  }
  const [unstable] = inState("KeepsChanging");
  if (unstable !== undefined) throw stalled(REASON.settingKeepsChanging, keepsChanging(unstable), recheckAfterMs);

  const planned = inState("Planned");
  if (planned.length > 0) {
    const message = `Observe mode: changes would be made to ${names(planned)}; status.plan has them all`;
    throw waiting(REASON.changesPlanned, message, recheckAfterMs);
  }
  return { kind: "done", recheckAfterMs, message: `Bucket '${bucketName}' is as declared` };
}

function names(results: readonly SettingResult[]): string {
  return results.map(({ plan }) => plan.setting.name).join(", ");
}

/** The failure whose next try comes soonest, with a word on the others. */
function mostUrgent(failed: readonly SettingResult[]): Failure {
  const [first, ...others] = failed.toSorted((a, b) => (a.failure?.retryAfterMs ?? 0) - (b.failure?.retryAfterMs ?? 0));
  if (first?.failure === undefined) throw new Error("No setting failed");
  const more = others.length === 0 ? "" : ` (and ${names(others)}: see status.settings)`;
  return { ...first.failure, message: `${first.plan.setting.name}: ${first.failure.message}${more}` };
}
