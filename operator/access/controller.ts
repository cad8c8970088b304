import { isPaused, noteRequest } from "../api/annotations.ts";
import type { Outcome } from "../reconcile/outcome.ts";
import { deleteAccess } from "./delete.ts";
import type { AccessContext, AccessDependencies } from "./dependencies.ts";
import { noteOwnerPolicies } from "./owner-policies.ts";
import { reconcilePrincipals } from "./principals/reconcile.ts";
import { refusalOf, resolveAccess } from "./resolution.ts";
import { revoke } from "./revoke.ts";
import { noteAccessTarget } from "./status.ts";
import { enterRoleAccount } from "./target.ts";
import { reconcileWorkload } from "./workload/reconcile.ts";

/** Reconciles one BucketAccess into roles, or into statements of the bucket policy: docs/access.md. */
export function createAccessReconciler(dependencies: AccessDependencies): (context: AccessContext) => Promise<Outcome> {
  return (context) => reconcile(dependencies, context);
}

async function reconcile(dependencies: AccessDependencies, context: AccessContext): Promise<Outcome> {
  const { object, status, signal } = context;
  const deleting = object.metadata.deletionTimestamp !== undefined;
  const resolution = resolveAccess(dependencies, object);
  // Pausing must not preserve access that is refused.
  if (!deleting && resolution.state !== "Refused" && isPaused(object)) return { kind: "paused" };
  noteRequest(status, object);
  if (deleting) return deleteAccess(dependencies, context);
  await context.ensureFinalizer();

  // Is it allowed, and is the bucket the one that is meant? What is refused is revoked, whatever was granted before.
  if (resolution.state === "Waiting") throw resolution.outcome;
  if (resolution.state === "Refused") {
    await revoke(dependencies, context);
    throw refusalOf(resolution.failure);
  }

  const target = await enterRoleAccount(dependencies, object, resolution, signal);
  noteAccessTarget(status, target);
  const { s3Bucket } = resolution;
  if (object.spec.principals !== undefined && s3Bucket !== undefined)
    return reconcilePrincipals(dependencies, context, target, s3Bucket);
  try {
    return await reconcileWorkload(dependencies, context, target);
  } finally {
    noteOwnerPolicies(context, target);
  }
}
