import { REASON } from "../api/reasons.ts";
import type { S3BucketSpec } from "../api/types.ts";
import { conclude } from "../reconcile/conclude.ts";
import { announceCorrection, statusChanges } from "../reconcile/drift.ts";
import { failed, stalled, type Failure, type Outcome } from "../reconcile/outcome.ts";
import { announceExternalAccess, announceWithoutEffect } from "./announce.ts";
import type { SettingResult } from "./apply.ts";
import type { Claim } from "./claim.ts";
import { withoutEffect } from "./combinations.ts";
import type { BucketContext, BucketDependencies } from "./dependencies.ts";
import { isManaged } from "./plan.ts";
import { resultSettings } from "./report.ts";
import { dropReports, noteApplied, noteReports } from "./status.ts";
import type { Target } from "./target.ts";

/** Bound of the CRD. */
const MAX_PLAN = 100;

/** With `mode: Observe`: records the plan in status. */
export function concludeExamined(
  { object, status }: BucketContext,
  { bucket }: Target,
  results: readonly SettingResult[],
  recheckAfterMs: number,
): Outcome {
  const plans = results.map(({ part }) => part).filter(isManaged);
  const useless = uselessOf(results, object.spec, bucket);
  status.settings = resultSettings(results, useless);
  status.plan = statusChanges(plans, MAX_PLAN);
  return concludeSettings(results, bucket.name, recheckAfterMs, [...useless.keys()]);
}

/** `sharing`: why the managed key could not be shared with BucketAccesses. */
export function concludeApplied(
  dependencies: BucketDependencies,
  context: BucketContext,
  { bucket }: Target,
  claim: Claim,
  results: readonly SettingResult[],
  recheckAfterMs: number,
  sharing?: Failure,
): Outcome {
  const { object, status, event } = context;
  delete status.plan;
  const useless = uselessOf(results, object.spec, bucket);
  status.settings = resultSettings(results, useless);
  noteApplied(status, appliedSettings(results, object.status?.appliedSettings ?? []));
  noteReports(
    status,
    results.map(({ part }) => part),
  );
  dropReports(status);
  announceExternalAccess(context);
  announceWithoutEffect(context);
  const isTagged = results.some(({ part, state }) => part.name === "tags" && state === "InSync");
  if (claim.isNew && claim.origin === "Adopted" && isTagged) {
    event({ type: "Normal", reason: REASON.bucketAdopted, action: "Adopt", note: `Adopted bucket '${bucket.name}'` });
  }
  announceCorrection(dependencies, context, results);
  const outcome = concludeSettings(results, bucket.name, recheckAfterMs, [...useless.keys()]);
  // The settings go first: what fails on the key fails on the bucket policy too, with a clearer message.
  if (sharing?.terminal === true) throw stalled(sharing.reason, sharing.message, recheckAfterMs);
  if (sharing !== undefined) throw failed(sharing);
  return outcome;
}

/** Settings that were ours, without those that were reset, and new ones, without those that AWS refused. */
function appliedSettings(results: readonly SettingResult[], before: readonly string[]): string[] {
  const applied = results.filter(({ part, state, failure }) => {
    if (!isManaged(part) || (part.isReset === true && state === "InSync")) return false;
    const refused = state === "Skipped" || failure?.terminal === true || failure?.reason === "AccessDenied";
    return before.includes(part.name) || !refused;
  });
  return applied.map(({ part }) => part.name);
}

/** Messages for settings without effect, by name. */
function uselessOf(results: readonly SettingResult[], spec: S3BucketSpec, bucket: Target["bucket"]) {
  return withoutEffect(
    results.map(({ part }) => part),
    spec,
    bucket,
  );
}

function concludeSettings(
  results: readonly SettingResult[],
  bucketName: string,
  recheckAfterMs: number,
  useless: readonly string[],
): Outcome {
  const managed = results.filter(({ part }) => isManaged(part));
  const without = useless.length === 0 ? "" : `; without effect: ${useless.join(", ")}, see status.settings`;
  const message = `Bucket '${bucketName}' is as declared${without}`;
  return conclude(managed, { message, recheckAfterMs, detailsIn: "status.settings" });
}
