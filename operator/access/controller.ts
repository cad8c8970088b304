import { isPaused, noteRequest } from "../api/annotations.ts";
import type { Outcome } from "../kube/outcome.ts";
import { Stop } from "../kube/stop.ts";
import { consentingBucket, isInOwnNamespace, notAvailable } from "./consent.ts";
import { deleteAccess } from "./deletion.ts";
import type { AccessContext, AccessDependencies } from "./dependencies.ts";
import { refuseBeyondGuardrails } from "./guardrails.ts";
import { reconcilePrincipals } from "./principal-access.ts";
import { noteTarget } from "./status.ts";
import { resolveTarget } from "./target.ts";
import { takeAway } from "./take-away.ts";
import { reconcileWorkload } from "./workload-access.ts";

/** The way from a BucketAccess to a role, or to statements of the bucket policy, one reconcile: design.md, section 4. */
export function createAccessReconciler(dependencies: AccessDependencies): (context: AccessContext) => Promise<Outcome> {
  return async (context) => {
    try {
      return await reconcile(dependencies, context);
    } catch (error) {
      if (error instanceof Stop) return error.outcome;
      throw error;
    }
  };
}

async function reconcile(dependencies: AccessDependencies, context: AccessContext): Promise<Outcome> {
  const { object, status, signal } = context;
  const deleting = object.metadata.deletionTimestamp !== undefined;
  if (!deleting && isPaused(object)) return { kind: "paused" };
  noteRequest(status, object);
  if (deleting) return deleteAccess(dependencies, context);
  await context.ensureFinalizer();

  // To which bucket? What another namespace's consent gave, goes with it.
  const s3Bucket = consentingBucket(dependencies.directory, object);
  if (s3Bucket === undefined) {
    if (!isInOwnNamespace(object)) await takeAway(dependencies, context);
    throw notAvailable(object);
  }

  // In whose account, and within its limits?
  const target = await resolveTarget(dependencies, object, s3Bucket, signal);
  refuseBeyondGuardrails(object, target.account);
  noteTarget(status, target);

  const { serviceAccountRef } = object.spec;
  return serviceAccountRef === undefined
    ? reconcilePrincipals(dependencies, context, target, s3Bucket)
    : reconcileWorkload(dependencies, context, target, serviceAccountRef.name);
}
