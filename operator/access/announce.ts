import type { AccessDrift } from "../api/types.ts";
import { REASON } from "../api/reasons.ts";
import type { Change } from "../reconcile/change.ts";
import type { AccessContext, AccessDependencies } from "./dependencies.ts";

/** Differences that status has room for. */
const MAX_CHANGES = 20;
const MAX_PATH = 512;

/** A part that differs, see part.ts. */
export interface Difference {
  setting: string;
  changes: readonly Change[];
}

/** Puts on record what is about to be written, before it is; as drift, if all was as declared when last looked at. */
export async function announceChanges(
  { now, onDrift }: AccessDependencies,
  { status, event, progress }: AccessContext,
  differences: readonly Difference[],
  wasAsDeclared: boolean,
): Promise<void> {
  if (differences.length === 0) return;
  if (!wasAsDeclared) {
    await progress(REASON.applying, `Applying ${differences.map(({ setting }) => setting).join(", ")}`);
    return;
  }
  status.drift = driftOf(differences, new Date(now()).toISOString());
  for (const { setting } of differences) onDrift(setting);
  const note = `Changed by somebody else: ${driftSummary(status.drift)}`;
  event({ type: "Warning", reason: REASON.driftDetected, action: "Observe", note });
  await progress(REASON.driftDetected, note);
}

/** That the drift on record is undone, once everything is as declared again. */
export function announceCorrection({ now }: AccessDependencies, { status, event }: AccessContext): void {
  const { drift } = status;
  if (drift?.lastDetectedTime === undefined || (drift.lastCorrectedTime ?? "") >= drift.lastDetectedTime) return;
  status.drift = { ...drift, lastCorrectedTime: new Date(now()).toISOString() };
  const note = `As declared again: ${driftSummary(drift)}`;
  event({ type: "Normal", reason: REASON.driftCorrected, action: "Update", note });
}

function driftOf(differences: readonly Difference[], lastDetectedTime: string): AccessDrift {
  const changes = differences.flatMap(({ setting, changes }) => changes.map((change) => ({ setting, ...change })));
  return {
    lastDetectedTime,
    changes: changes.slice(0, MAX_CHANGES).map(({ setting, path, desired, actual }) => ({
      setting,
      path: path.slice(0, MAX_PATH),
      ...(desired !== "" && { desired }),
      ...(actual !== "" && { actual }),
    })),
  };
}

function driftSummary({ changes = [] }: AccessDrift): string {
  return [...new Set(changes.map(({ setting }) => setting))].join(", ");
}
