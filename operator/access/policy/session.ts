import type { Grant } from "../../api/types.ts";
import type { PolicyDocument } from "../../aws/policy/document.ts";
import type { Failure } from "../../reconcile/outcome.ts";
import type { AccessBucket } from "./model.ts";
import { permissionsPolicy } from "./permissions.ts";
import { tooLong } from "./size-limits.ts";

/**
 * The policy of a Pod Identity association, which limits the account's shared role (`spec.role: Shared`) to the grants.
 * EKS requires `disableSessionTags: true` with it, so a shared role cannot trust session tags.
 * https://docs.aws.amazon.com/eks/latest/APIReference/API_CreatePodIdentityAssociation.html
 */
export function sessionPolicy(
  grants: readonly Grant[],
  bucket: AccessBucket,
): { policy: PolicyDocument; failure?: never } | { policy?: never; failure: Failure } {
  const policy = permissionsPolicy(grants, bucket);
  const failure = tooLong("session", policy);
  return failure === undefined ? { policy } : { failure };
}
