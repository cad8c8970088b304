import { isPaused, noteRequest } from "../api/annotations.ts";
import type { Outcome } from "../reconcile/outcome.ts";
import { consentingBucket, isInOwnNamespace, notAvailable } from "./consent.ts";
import { deleteAccess } from "./delete.ts";
import type { AccessContext, AccessDependencies } from "./dependencies.ts";
import { accessViolation } from "./guardrails.ts";
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
  const s3Bucket = consentingBucket(dependencies.directory, object);
  // Pausing must not preserve access after the bucket's consent was withdrawn.
  const refused = s3Bucket === undefined && !isInOwnNamespace(object);
  if (!deleting && !refused && isPaused(object)) return { kind: "paused" };
  noteRequest(status, object);
  if (deleting) return deleteAccess(dependencies, context);
  await context.ensureFinalizer();

  // Which bucket? Access ends with the consent of the bucket's namespace.
  if (refused) await revoke(dependencies, context);
  if (s3Bucket === undefined) throw notAvailable(object);

  // In which account, and do the guardrails allow it?
  const target = await resolveAccessTarget(dependencies, object, s3Bucket, signal);
  const violation = accessViolation(object, target.account);
  if (violation !== undefined) throw violation;
  noteAccessTarget(status, target);

  const [serviceAccountRef] = object.spec.serviceAccountRefs ?? [];
  return serviceAccountRef === undefined
    ? reconcilePrincipals(dependencies, context, target, s3Bucket)
    : reconcileWorkload(dependencies, context, target, serviceAccountRef.name);
}
