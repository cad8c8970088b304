import { REASON, type Reason } from "../api/reasons.ts";
import type { Drift, Change as StatusChange } from "../api/types.ts";
import type { EventDetail } from "../kube/events.ts";
import { cut } from "./change.ts";
import type { Part, PartResult } from "./part.ts";

/** Bounds of the CRDs. */
const MAX_CHANGES = 20;
const MAX_PATH = 512;

export interface DriftDependencies {
  /** Milliseconds since the epoch. */
  now: () => number;
  /** Counts a part that drifted. */
  onDrift: (name: string) => void;
}

export interface DriftContext {
  status: { drift?: Drift };
  event: (detail: EventDetail<Reason>) => void;
  progress: (reason: typeof REASON.applying | typeof REASON.driftDetected, message: string) => Promise<void>;
}

type Changed = Pick<Part, "name" | "changes">;

/** Reports what is about to be written. `drifted`: those parts that another actor changed since they were in sync. */
export async function announceWrites(
  dependencies: DriftDependencies,
  context: DriftContext,
  toWrite: readonly Changed[],
  drifted: readonly Changed[],
): Promise<void> {
  if (toWrite.length === 0) return;
  if (drifted.length === 0) {
    await context.progress(REASON.applying, `Applying ${toWrite.map(({ name }) => name).join(", ")}`);
    return;
  }
  await context.progress(REASON.driftDetected, announceDrift(dependencies, context, drifted));
}

/** Records drift in status, counts it and emits an event. Returns the event's note. */
export function announceDrift(
  { now, onDrift }: DriftDependencies,
  { status, event }: Pick<DriftContext, "status" | "event">,
  drifted: readonly Changed[],
): string {
  status.drift = { lastDetectedTime: new Date(now()).toISOString(), changes: statusChanges(drifted, MAX_CHANGES) };
  for (const { name } of drifted) onDrift(name);
  const note = `Drift detected: ${driftSummary(status.drift)}`;
  event({ type: "Warning", reason: REASON.driftDetected, action: "Observe", note });
  return note;
}

/** Records the correction of the drift in status, once all that had drifted is as declared again. */
export function announceCorrection(
  { now }: Pick<DriftDependencies, "now">,
  { status, event }: Pick<DriftContext, "status" | "event">,
  results: readonly PartResult[],
): void {
  const { drift } = status;
  if (drift === undefined || isCorrected(drift)) return;
  const names = new Set(drift.changes?.map(({ setting }) => setting));
  if (results.some(({ part, state }) => names.has(part.name) && state !== "InSync")) return;
  status.drift = { ...drift, lastCorrectedTime: new Date(now()).toISOString() };
  const note = `Drift corrected: ${driftSummary(drift)}`;
  event({ type: "Normal", reason: REASON.driftCorrected, action: "Update", note });
}

function isCorrected({ lastDetectedTime, lastCorrectedTime }: Drift): boolean {
  return lastCorrectedTime !== undefined && lastDetectedTime !== undefined && lastCorrectedTime >= lastDetectedTime;
}

function driftSummary({ changes = [] }: Drift): string {
  return changes.map(({ setting, path }) => (path === "" ? setting : `${setting}.${path}`)).join(", ");
}

/** Changes as status has them, cut to the bounds of the CRD. */
export function statusChanges(parts: readonly Changed[], limit: number): StatusChange[] {
  return parts
    .flatMap(({ name, changes }) => changes.map((change) => ({ setting: name, ...change })))
    .slice(0, limit)
    .map(({ setting, path, desired, actual }) => ({
      setting,
      path: cut(path, MAX_PATH),
      ...(desired !== "" && { desired }),
      ...(actual !== "" && { actual }),
    }));
}
