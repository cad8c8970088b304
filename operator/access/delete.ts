import { FINALIZER } from "../api/names.ts";
import type { Outcome } from "../reconcile/outcome.ts";
import type { AccessContext, AccessDependencies } from "./dependencies.ts";
import { waitUntilRevoked } from "./principals/reconcile.ts";
import { revoke } from "./revoke.ts";

/** Revokes everything that a BucketAccess granted, then removes the finalizer. */
export async function deleteAccess(dependencies: AccessDependencies, context: AccessContext): Promise<Outcome> {
  const { object } = context;
  const { uid = "", finalizers = [] } = object.metadata;
  if (!finalizers.includes(FINALIZER)) return { kind: "released" };
  if (object.spec.principals !== undefined) await waitUntilRevoked(dependencies, context);
  await revoke(dependencies, context);
  dependencies.history.forget(uid);
  await context.removeFinalizer();
  return { kind: "released" };
}
