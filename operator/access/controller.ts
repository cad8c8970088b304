import { isPaused, noteRequest } from "../api/annotations.ts";
import type { Outcome } from "../reconcile/outcome.ts";
import { consentingBucket, isInOwnNamespace, notAvailable } from "./consent.ts";
import { deleteAccess } from "./delete.ts";
import type { AccessContext, AccessDependencies } from "./dependencies.ts";
import { refuseBeyondGuardrails } from "./guardrails.ts";
import { reconcilePrincipals } from "./principals/reconcile.ts";
import { noteTarget } from "./status.ts";
import { resolveTarget } from "./target.ts";
import { takeAway } from "./revoke.ts";
import { reconcileWorkload } from "./workload/reconcile.ts";

/** Reconciles one BucketAccess into a role, or into statements of the bucket policy: docs/access.md. */
export function createAccessReconciler(dependencies: AccessDependencies): (context: AccessContext) => Promise<Outcome> {
  return (context) => reconcile(dependencies, context);
}

async function reconcile(dependencies: AccessDependencies, context: AccessContext): Promise<Outcome> {
  const { object, status, signal } = context;
  const deleting = object.metadata.deletionTimestamp !== undefined;
  const s3Bucket = consentingBucket(dependencies.directory, object);
  // Who pauses an access must not keep by that what others no longer give.
  const refused = s3Bucket === undefined && !isInOwnNamespace(object);
  if (!deleting && !refused && isPaused(object)) return { kind: "paused" };
  noteRequest(status, object);
  if (deleting) return deleteAccess(dependencies, context);
  await context.ensureFinalizer();

  // To which bucket? What another namespace's consent gave, goes with it.
  if (refused) await takeAway(dependencies, context);
  if (s3Bucket === undefined) throw notAvailable(object);

  // In whose account, and within its limits?
  const target = await resolveTarget(dependencies, object, s3Bucket, signal);
  refuseBeyondGuardrails(object, target.account);
  noteTarget(status, target);

  const { serviceAccountRef } = object.spec;
  return serviceAccountRef === undefined
    ? reconcilePrincipals(dependencies, context, target, s3Bucket)
    : reconcileWorkload(dependencies, context, target, serviceAccountRef.name);
}
