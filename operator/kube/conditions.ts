/**
 * Conditions, as pure functions. The rules are Kubernetes' API conventions and those of kstatus, which Helm, Flux and
 * kubectl go by: https://github.com/kubernetes-sigs/cli-utils/blob/master/pkg/kstatus/README.md
 */

import type { CommonStatus, Condition } from "./object.ts";
import type { Outcome } from "./outcome.ts";
import type { KubeReason } from "./reasons.ts";

export interface ConditionDetail<Reason extends string = string> extends Pick<
  Condition,
  "type" | "status" | "message"
> {
  reason: Reason;
}

/** A reconcile is changing something: Ready=Unknown, Reconciling=True. */
export interface Progress {
  kind: "progress";
  reason: string;
  message: string;
}

/** What the summary conditions are computed from. */
export type ShownOutcome = Exclude<Outcome, { kind: "released" }> | Progress;

/** Stalled and Reconciling are present only while True, and never both: kstatus uses the first that it finds. */
const SUMMARY_TYPES = ["Stalled", "Reconciling", "Ready"];
const PAUSED = "Paused" satisfies KubeReason;
const WORKING = { progress: "Progressing", failure: "ProgressingWithRetry" } satisfies Record<string, KubeReason>;
const MAX_MESSAGE = 32_768;

/** Returns `conditions` with this one set. `lastTransitionTime` changes only with the status. */
export function setCondition(
  conditions: readonly Condition[] | undefined,
  { type, status, reason, message }: ConditionDetail,
  generation: number,
  now: number,
): Condition[] {
  const previous = conditions ?? [];
  const old = previous.find((condition) => condition.type === type);
  const next: Condition = {
    type,
    status,
    observedGeneration: generation,
    lastTransitionTime: old?.status === status ? old.lastTransitionTime : wholeSeconds(now),
    reason,
    message: message.slice(0, MAX_MESSAGE),
  };
  return inOrder(
    old === undefined ? [...previous, next] : previous.map((condition) => (condition === old ? next : condition)),
  );
}

export function removeCondition(conditions: readonly Condition[] | undefined, type: string): Condition[] {
  return (conditions ?? []).filter((condition) => condition.type !== type);
}

export function findCondition(status: CommonStatus | undefined, type: string): Condition | undefined {
  return status?.conditions?.find((condition) => condition.type === type);
}

/**
 * Returns the draft `status` with the summary conditions and the observedGeneration of `outcome`; other conditions
 * stay. While paused, adds only "Paused", so that an edit made meanwhile shows as not yet observed.
 */
export function applyOutcome<Status extends CommonStatus>(
  status: Status,
  outcome: ShownOutcome,
  generation: number,
  now: number,
): Status & CommonStatus {
  if (outcome.kind === "paused") {
    const paused: ConditionDetail = { type: PAUSED, status: "True", reason: PAUSED, message: "Paused by annotation." };
    // Every object has Ready, even one that was paused before its first reconcile.
    const known = findCondition(status, "Ready") !== undefined;
    const summary = known ? [] : summaryOf({ kind: "again", afterMs: 0, reason: PAUSED, message: paused.message });
    const details = [...summary, paused];
    const conditions = details.reduce(
      (all, detail) => setCondition(all, detail, generation, now),
      status.conditions ?? [],
    );
    return { ...status, conditions };
  }
  const summary = summaryOf(outcome);
  const absent = [PAUSED, ...SUMMARY_TYPES].filter((type) => summary.every((detail) => detail.type !== type));
  const kept = absent.reduce(removeCondition, status.conditions ?? []);
  const conditions = summary.reduce((all, detail) => setCondition(all, detail, generation, now), kept);
  return { ...status, observedGeneration: generation, conditions };
}

function summaryOf(outcome: Exclude<ShownOutcome, { kind: "paused" }>): ConditionDetail[] {
  if (outcome.kind === "done") {
    const message = outcome.message ?? "All declared settings are in place.";
    return [{ type: "Ready", status: "True", reason: "Succeeded" satisfies KubeReason, message }];
  }
  const { kind, reason, message } = outcome;
  const ready: ConditionDetail = { type: "Ready", status: "False", reason, message };
  if (kind === "failure" && outcome.terminal) {
    return [{ type: "Stalled", status: "True", reason, message }, ready];
  }
  const reasons = { ...WORKING, again: reason, waiting: reason };
  return [
    { type: "Reconciling", status: "True", reason: reasons[kind], message },
    // Unknown: it may be ready already, and the user need not act.
    kind === "progress" || kind === "again" ? { ...ready, status: "Unknown" } : ready,
  ];
}

function inOrder(conditions: Condition[]): Condition[] {
  const summary = SUMMARY_TYPES.flatMap((type) => conditions.filter((condition) => condition.type === type));
  return [...summary, ...conditions.filter(({ type }) => !SUMMARY_TYPES.includes(type))];
}

/** RFC 3339 without fractions of a second, as metav1.Time. */
function wholeSeconds(now: number): string {
  return new Date(now).toISOString().replace(/\.\d{3}Z$/, "Z");
}
