import { isPaused, noteRequest } from "../api/annotations.ts";
import type { Outcome } from "../reconcile/outcome.ts";
import { decide, isRefused, refusalOf } from "./decision.ts";
import { deleteAccess } from "./delete.ts";
import type { AccessContext, AccessDependencies } from "./dependencies.ts";
import { reconcilePrincipals } from "./principals/reconcile.ts";
import { revoke } from "./revoke.ts";
import { noteAccessTarget } from "./status.ts";
import { resolveAccessTarget } from "./target.ts";
import { reconcileWorkload } from "./workload/reconcile.ts";

/** Reconciles one BucketAccess into roles, or into statements of the bucket policy: docs/access.md. */
export function createAccessReconciler(dependencies: AccessDependencies): (context: AccessContext) => Promise<Outcome> {
  return (context) => reconcile(dependencies, context);
}

async function reconcile(dependencies: AccessDependencies, context: AccessContext): Promise<Outcome> {
  const { object, status, signal } = context;
  const deleting = object.metadata.deletionTimestamp !== undefined;
  const decision = decide(dependencies.directory, object);
  // Pausing does not preserve access that is refused.
  if (!deleting && !isRefused(decision) && isPaused(object)) return { kind: "paused" };
  noteRequest(status, object);
  if (deleting) return deleteAccess(dependencies, context);
  await context.ensureFinalizer();

  // Do bucket, account and guardrails allow it?
  if (isRefused(decision)) await revoke(dependencies, context);
  if (!decision.wanted) throw refusalOf(decision.failure);
  const { bucket: s3Bucket } = decision;
  if (s3Bucket === undefined) throw new Error("no S3Bucket");

  // Which bucket is it at AWS?
  const target = await resolveAccessTarget(dependencies, object, s3Bucket, signal);
  noteAccessTarget(status, target);
  return object.spec.principals === undefined
    ? reconcileWorkload(dependencies, context, target)
    : reconcilePrincipals(dependencies, context, target, s3Bucket);
}
