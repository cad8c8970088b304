import { REASON } from "../../api/reasons.ts";
import type { BucketAccess } from "../../api/types.ts";
import { DELAY_MS } from "../../reconcile/delays.ts";
import { waiting } from "../../reconcile/outcome.ts";
import type { BucketContext, BucketDependencies } from "../dependencies.ts";
import { resolveTargetToRevoke } from "../target.ts";
import { withdrawStatements } from "../withdrawal.ts";

/** Maximum of BucketAccesses named in a message. */
const MAX_NAMED = 5;

/** Throws an OutcomeError while BucketAccesses refer to the bucket. Removes the statements of those being deleted. */
export async function waitForUsers(dependencies: BucketDependencies, context: BucketContext): Promise<void> {
  const { object } = context;
  const users = dependencies.uses.usersOf(object);
  if (users.length === 0) return;
  if (object.spec.mode !== "Observe" && object.status?.arn !== undefined)
    await withdrawStatements(dependencies, context, await resolveTargetToRevoke(dependencies, object, context.signal));
  throw inUse(object.metadata.namespace ?? "", users);
}

function inUse(namespace: string, users: readonly BucketAccess[]): Error {
  const names = users
    .map(({ metadata }) =>
      metadata.namespace === namespace ? metadata.name : `${metadata.namespace}/${metadata.name}`,
    )
    .sort();
  const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : "";
  const message =
    `The bucket is kept while BucketAccesses refer to it: ${names.slice(0, MAX_NAMED).join(", ")}${more}. ` +
    "Delete them, or, for those in other namespaces, remove spec.access";
  return waiting(REASON.bucketInUse, message, DELAY_MS.reference);
}
