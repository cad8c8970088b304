import { REASON } from "../../api/reasons.ts";
import type { BucketAccess } from "../../api/types.ts";
import type { PolicyDocument } from "../../aws/policy/document.ts";
import { DELAY_MS } from "../../reconcile/delays.ts";
import { again, failed } from "../../reconcile/outcome.ts";
import type { AccessContext, AccessDependencies } from "../dependencies.ts";
import type { BucketGrants } from "../policy/model.ts";
import { sessionPolicy } from "../policy/session.ts";
import { tooLong } from "../policy/size-limits.ts";
import { resolveAccess } from "../resolution.ts";
import type { Contributor } from "./contributors.ts";
import { withFormerKeys } from "./permissions.ts";

/**
 * The session policy of a shared role: what all BucketAccesses of the ServiceAccount grant together. Those that do not
 * fit, the youngest first, have no part. Throws an OutcomeError if the reconciled one has none, and while the bucket of
 * another is not known: without its part, Pods would lose that access.
 * @param found the present policy
 */
export async function sharedPolicyOf(
  dependencies: AccessDependencies,
  { object }: AccessContext,
  members: readonly Contributor[],
  found: string | undefined,
): Promise<PolicyDocument> {
  const fitting: BucketGrants[] = [];
  const names: string[] = [];
  for (const { access } of members) {
    const resolution = resolveAccess(dependencies, access);
    if (resolution.state !== "Granted") throw notKnown(access);
    const part = { grants: access.spec.grants, bucket: withFormerKeys(resolution.bucket, found) };
    const failure = tooLong("session", sessionPolicy([...fitting, part]), { names, length: 0 });
    if (failure === undefined) {
      fitting.push(part);
      names.push(access.metadata.name);
    } else if (access.metadata.uid === object.metadata.uid) throw failed(failure);
  }
  return sessionPolicy(fitting);
}

function notKnown({ metadata }: BucketAccess): Error {
  const message = `Waiting for the bucket of BucketAccess '${metadata.name}', which grants to the same ServiceAccount`;
  return again(REASON.settling, message, DELAY_MS.settling);
}
