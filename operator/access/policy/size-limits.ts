import type { PolicyDocument } from "../../aws/policy/document.ts";
import type { Failure } from "../../reconcile/outcome.ts";

/** The use of a policy document. */
export type DocumentUse = "permissions" | "trust" | "session";

/**
 * AWS's default quotas in characters: all inline policies of a role, its trust policy, the policy of an association.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const LIMITS: Readonly<Record<DocumentUse, number>> = { permissions: 10_240, trust: 2_048, session: 2_048 };

const ADVICE: Readonly<Record<DocumentUse, string>> = {
  permissions:
    "The role's policy is too long: state fewer or shorter prefixes in spec.grants, such as one that holds them all",
  trust: "The role's trust policy is too long: choose shorter names for namespace and ServiceAccount",
  session:
    "The session policy is too long: state fewer or shorter prefixes in spec.grants, or remove spec.role to get a separate role",
};

/** Fails if the document exceeds its quota. IAM ignores white space, which only prefixes contain. */
export function tooLong(use: DocumentUse, document: PolicyDocument): Failure | undefined {
  const length = JSON.stringify(document).length;
  if (length <= LIMITS[use]) return undefined;
  const message = `${ADVICE[use]}. It would have ${inThousands(length)} characters, of ${inThousands(LIMITS[use])} that AWS allows`;
  return { reason: "PolicyTooLarge", message, terminal: true };
}

function inThousands(count: number): string {
  return count.toLocaleString("en");
}
