import { FINALIZER } from "../api/names.ts";
import type { Outcome } from "../reconcile/outcome.ts";
import type { AccessContext, AccessDependencies } from "./dependencies.ts";
import { waitUntilWithdrawn } from "./principals/reconcile.ts";
import { takeAway } from "./revoke.ts";

/** Ends a BucketAccess: nothing of what it gave is left. The finalizer goes last. */
export async function deleteAccess(dependencies: AccessDependencies, context: AccessContext): Promise<Outcome> {
  const { object } = context;
  const { uid = "", finalizers = [] } = object.metadata;
  if (!finalizers.includes(FINALIZER)) return { kind: "released" };
  if (object.spec.principals !== undefined) await waitUntilWithdrawn(dependencies, context);
  await takeAway(dependencies, context);
  dependencies.history.forget(uid);
  dependencies.lookedAtAssociation.delete(uid);
  await context.removeFinalizer();
  return { kind: "released" };
}
