import { REASON } from "../../api/reasons.ts";
import type { Change } from "../../reconcile/change.ts";
import { announceDrift } from "../../reconcile/drift.ts";
import type { BucketContext, BucketDependencies } from "../dependencies.ts";

/** The setting that the key belongs to. */
const SETTING = "encryption";

/** Records planned changes of the managed key in status; as drift, if the encryption was in sync before. */
export async function announceKeyWork(
  dependencies: BucketDependencies,
  context: BucketContext,
  changes: readonly Change[],
): Promise<void> {
  const { status, object, progress } = context;
  status.managedKey = { ...status.managedKey, workBegun: true };
  if (wasAsDeclared(context)) announceDrift(dependencies, context, [{ name: SETTING, changes }]);
  const work = object.status?.kmsKeyArn === undefined ? "Creating" : "Changing";
  await progress(REASON.applying, `${work} the KMS key of the bucket`);
}

function wasAsDeclared({ object: { status, metadata } }: BucketContext): boolean {
  const current = status?.observedGeneration === metadata.generation;
  return current && status?.settings?.find(({ name }) => name === SETTING)?.state === "InSync";
}
