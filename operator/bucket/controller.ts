import { isPaused, noteRequest, pollIntervalMs } from "../api/annotations.ts";
import type { Origin, Tags } from "../api/ownership.ts";
import { REASON } from "../api/reasons.ts";
import type { OutcomeError } from "../kube/outcome.ts";
import { DELAY_MS } from "../reconcile/delays.ts";
import { waiting, type Outcome } from "../reconcile/outcome.ts";
import { announceChanges, announceCreation, announceLoss } from "./announce.ts";
import { applySettings, examineSettings, type SettingResult } from "./apply.ts";
import { createTarget, tagCreated, type Claim } from "./claim.ts";
import { concludeApplied, concludeExamined } from "./conclude.ts";
import { deleteBucket } from "./deletion/delete-bucket.ts";
import { endForgottenExpiry } from "./deletion/emptying/hand-over.ts";
import type { BucketContext, BucketDependencies } from "./dependencies.ts";
import { bucketViolation } from "./guardrails.ts";
import { announceKeyWork } from "./key/announce.ts";
import { endKeyChange, prepareKeyChange } from "./key/change.ts";
import type { ManagedKeyRequest } from "./key/managed.ts";
import type { KeyResolution } from "./key/resolution.ts";
import { withRotation } from "./key/rotation.ts";
import { shareKey } from "./key/share.ts";
import { bucketMissing, observe } from "./observe.ts";
import { planSettings, relevantSettings } from "./plan.ts";
import { declaredSettings } from "./report.ts";
import { settingContext } from "./setting-context.ts";
import { SETTINGS } from "./settings/index.ts";
import { memoryOf, noteApplied, noteClaim, noteDeclaration, noteKey, notePlannedBucket, noteTarget } from "./status.ts";
import { enterAccount, resolveAddress, type Target } from "./target.ts";
import { claimVerified, isReachable, noteOwned, observedBucket, verifyOnly } from "./verify.ts";
import { isPolicyWritten, withWithdrawal } from "./withdrawal.ts";
import { withoutRefused } from "./without-refused.ts";

/** Reconciles one S3Bucket, step by step: docs/how-it-works.md. */
export function createBucketReconciler(dependencies: BucketDependencies): (context: BucketContext) => Promise<Outcome> {
  return (context) =>
    withWithdrawal(dependencies, context, (done) =>
      withoutRefused(dependencies, context, () => reconcile(dependencies, context, done)),
    ).finally(() => dependencies.verified.reconciled(context.object));
}

async function reconcile(
  dependencies: BucketDependencies,
  context: BucketContext,
  onPoliciesWritten: () => void,
): Promise<Outcome> {
  const { object, status, signal } = context;
  const { spec } = object;
  const deleting = object.metadata.deletionTimestamp !== undefined;
  if (!deleting && isPaused(object)) {
    await verifyOnly(dependencies, context);
    return { kind: "paused" };
  }
  noteRequest(status, object);
  if (deleting) return deleteBucket(dependencies, context);
  const enforce = spec.mode !== "Observe";
  const uid = object.metadata.uid ?? "";
  if (enforce) await context.ensureFinalizer();

  // Which bucket, in which account, and do the guardrails allow it?
  const address = await resolveAddress(dependencies, object, signal);
  const violation = bucketViolation(object, address, dependencies);
  if (violation !== undefined) {
    await verifyOnly(dependencies, context);
    throw violation;
  }
  const target = await enterAccount(dependencies, address, signal);
  const contributions = (keyArn?: string) =>
    dependencies.leftOut.admitted(
      uid,
      dependencies.uses.contributionsOf(object, target.account, target.bucket, keyArn),
    );
  const contextFor = (origin: Origin, keyArn?: string) =>
    settingContext(object, target, origin, keyArn, contributions());
  const memory = memoryOf(object, target);
  const recheckAfterMs = pollIntervalMs(object, dependencies.pollIntervalMs);
  noteTarget(status, target);

  // Does it exist? If not, create it with its owner's tags.
  const exists = memory.established || (await isReachable(dependencies, context, target));
  let created = false;
  if (!exists) {
    status.settings = declaredSettings(SETTINGS, spec, contextFor("Created"));
    if (!enforce) {
      dependencies.verified.note(object, { state: "Lost", name: target.bucket.name });
      throw planned(context, target.bucket.name, recheckAfterMs);
    }
    noteApplied(
      status,
      status.settings.map(({ name }) => name),
    );
    await context.progress(REASON.creating, `Creating bucket '${target.bucket.name}'`);
    // Writes to an earlier bucket of that name say nothing about this one.
    dependencies.history.forget(uid);
    created = await createTarget(target, object, contextFor("Created"));
    if (created) {
      dependencies.history.created(uid, target.bucket.arn);
      announceCreation(context, target);
      await tagCreated(target, object, contextFor("Created"));
    }
  }

  // Read all that is declared at once.
  const settings = relevantSettings(SETTINGS, spec, contextFor("Created"), memory.recorded);
  const observations = await observe(target.bucket, settings);
  signal.throwIfAborted();
  if (bucketMissing(observations) && (created || !(await isReachable(dependencies, context, target)))) {
    dependencies.verified.note(object, undefined);
    if (memory.established) announceLoss(dependencies, context, target);
    throw waiting(REASON.bucketAbsent, `Bucket '${target.bucket.name}' is not visible yet`, DELAY_MS.visible);
  }

  // Is it ours? Nothing has been written so far.
  const claim = claimVerified(dependencies, context, target, observations);
  if (!claim.isNew) dependencies.history.tagged(uid);
  // A bucket that is only observed has no owner yet, and no BucketAccess grants access to it.
  if (enforce || !claim.isNew) noteClaim(status, target, claim);
  else delete status.arn;
  if (enforce && !claim.isNew)
    await endForgottenExpiry(context, target.bucket, observations.get("tags")?.value as Tags);

  // Which key? None is created for a bucket that is not ours.
  const key = await resolveKey(dependencies, context, target);

  // Write only the difference, one setting at a time, and read it back.
  const found = planSettings(settings, spec, contextFor(claim.origin, key.arn), memory.recorded, observations, key);
  if (enforce) noteDeclaration(status, SETTINGS, spec, contextFor(claim.origin, key.arn));
  const plans = created ? found : prepareKeyChange(dependencies, context, target, key, found, memory);
  if (!enforce) {
    dependencies.verified.note(object, observedBucket(target, observations));
    const results = examineSettings(target.bucket, found);
    endKeyChange(dependencies, context, results);
    return concludeExamined(context, target, results, recheckAfterMs);
  }
  // BucketAccesses get their permissions on a key before S3 uses it.
  if (claim.origin === "Created" || !claim.isNew) noteOwned(dependencies, context, target, key);
  if (!created) await announceChanges(dependencies, context, plans, memory);
  const sharing = await shareKey(dependencies.history, context, target, key, contributions(key.arn));
  const results = await applySettings(target.bucket, plans, dependencies.history, uid, {
    ...claim,
    isCreated: created,
  });
  signal.throwIfAborted();
  if (key.failure === undefined && sharing === undefined && isPolicyWritten(results, contributions(key.arn)))
    onPoliciesWritten();
  const recheck = Math.min(recheckAfterMs, endKeyChange(dependencies, context, results));
  if (isClaimed(claim, results)) noteOwned(dependencies, context, target, key);
  return concludeApplied(dependencies, context, target, claim, withRotation(results, key), recheck, sharing);
}

/** An adopted bucket is the S3Bucket's once its tags are read back. */
function isClaimed({ origin, isNew }: Claim, results: readonly SettingResult[]): boolean {
  const areTagged = results.some(({ part, state }) => part.name === "tags" && state === "InSync");
  return origin === "Created" || !isNew || areTagged;
}

async function resolveKey(
  dependencies: BucketDependencies,
  context: BucketContext,
  target: Target,
): Promise<KeyResolution> {
  const { object, signal } = context;
  const { session, bucket, owner } = target;
  const { history } = dependencies;
  const beginWork: ManagedKeyRequest["beginWork"] = (changes) => announceKeyWork(dependencies, context, changes);
  const { region } = bucket;
  const key = await dependencies.resolveKey({ object, session, region, owner, signal, history, beginWork });
  noteKey(context, key);
  return key;
}

function planned({ status }: BucketContext, bucketName: string, recheckAfterMs: number): OutcomeError {
  notePlannedBucket(status, bucketName);
  return waiting(REASON.changesPlanned, `Observe mode: bucket '${bucketName}' would be created`, recheckAfterMs);
}
