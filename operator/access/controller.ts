import { isPaused, noteRequest } from "../api/annotations.ts";
import { REASON } from "../api/reasons.ts";
import { DELAY_MS } from "../reconcile/delays.ts";
import { waiting, type Outcome } from "../reconcile/outcome.ts";
import { decide, isRefused, refusalOf } from "./decision.ts";
import { deleteAccess } from "./delete.ts";
import type { AccessContext, AccessDependencies } from "./dependencies.ts";
import { reconcilePrincipals } from "./principals/reconcile.ts";
import { revoke } from "./revoke.ts";
import { noteAccessTarget } from "./status.ts";
import { resolveAccessTarget } from "./target.ts";
import { reconcileWorkload } from "./workload/reconcile.ts";

/** Reconciles one BucketAccess into a role, or into statements of the bucket policy: docs/access.md. */
export function createAccessReconciler(dependencies: AccessDependencies): (context: AccessContext) => Promise<Outcome> {
  return (context) => reconcile(dependencies, context);
}

async function reconcile(dependencies: AccessDependencies, context: AccessContext): Promise<Outcome> {
  const { object, status, signal } = context;
  const deleting = object.metadata.deletionTimestamp !== undefined;
  const decision = decide(dependencies.directory, object);
  // Pausing must not preserve access that is refused.
  if (!deleting && !isRefused(decision) && isPaused(object)) return { kind: "paused" };
  noteRequest(status, object);
  if (deleting) return deleteAccess(dependencies, context);
  await context.ensureFinalizer();

  // Is it allowed? What is refused is revoked, whatever was granted before.
  if (isRefused(decision)) await revoke(dependencies, context);
  if (!decision.wanted) throw refusalOf(decision.failure);

  // Which bucket?
  const { account, bucket: s3Bucket } = decision;
  if (s3Bucket === undefined) throw notSupported();
  const target = await resolveAccessTarget(dependencies, object, account, s3Bucket, signal);
  noteAccessTarget(status, target);

  const [serviceAccountRef] = object.spec.serviceAccountRefs ?? [];
  return serviceAccountRef === undefined
    ? reconcilePrincipals(dependencies, context, target, s3Bucket)
    : reconcileWorkload(dependencies, context, target, serviceAccountRef.name);
}

function notSupported(): Error {
  return waiting(
    REASON.bucketNotReady,
    "Access to a bucket without an S3Bucket is not supported yet",
    DELAY_MS.reference,
  );
}
