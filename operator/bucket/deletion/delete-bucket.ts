import { FINALIZER } from "../../api/names.ts";
import type { Outcome } from "../../reconcile/outcome.ts";
import type { BucketContext, BucketDependencies } from "../dependencies.ts";
import { deleteIfEmpty } from "./delete-if-empty.ts";
import { deleteWithContents, withdraw } from "./delete-with-contents.ts";
import { waitForUsers } from "./in-use.ts";
import { retain } from "./retain.ts";
import { retireKey } from "./retire-key.ts";

/** Carries out the deletionPolicy, then removes the finalizer. See docs/deleting-buckets.md. */
export async function deleteBucket(dependencies: BucketDependencies, context: BucketContext): Promise<Outcome> {
  const { object } = context;
  if (!object.metadata.finalizers?.includes(FINALIZER)) return { kind: "released" };
  await context.ensureCurrent();
  await waitForUsers(dependencies, context);
  await carryOut(dependencies, context);
  dependencies.history.forget(object.metadata.uid ?? "");
  dependencies.leftOut.forget(object.metadata.uid ?? "");
  await context.removeFinalizer();
  return { kind: "released" };
}

async function carryOut(dependencies: BucketDependencies, context: BucketContext): Promise<void> {
  const { deletionPolicy, mode } = context.object.spec;
  const policy = mode === "Observe" ? "Observe" : deletionPolicy;
  if (policy === "DeleteWithContents") await deleteWithContents(dependencies, context);
  // The user may have changed the policy: keep what S3 has not expired yet.
  else await withdraw(dependencies, context);
  if (policy === "DeleteIfEmpty") await deleteIfEmpty(dependencies, context);
  if (policy === "DeleteIfEmpty" || policy === "DeleteWithContents") return retireKey(dependencies, context);
  if (policy !== "Observe") return retain(dependencies, context);
}
