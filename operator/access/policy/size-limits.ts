import type { PolicyDocument } from "../../aws/policy/document.ts";
import type { Failure } from "../../reconcile/outcome.ts";

/** What a document is for. */
export type DocumentUse = "permissions" | "trust" | "session";

/**
 * Characters, as AWS has it by default: of all inline policies of a role, of its trust policy, of the policy of a Pod Identity association.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const LIMITS: Readonly<Record<DocumentUse, number>> = { permissions: 10_240, trust: 2_048, session: 2_048 };

const ADVICE: Readonly<Record<DocumentUse, string>> = {
  permissions:
    "The role's policy is too long: state fewer or shorter prefixes in spec.grants, such as one that holds them all",
  trust: "The role's trust policy is too long: choose shorter names for namespace and ServiceAccount",
  session:
    "The session policy is too long: state fewer or shorter prefixes in spec.grants, or leave out spec.role for a role of its own",
};

/** What speaks against sending the document to AWS; undefined: nothing. IAM counts no white space, and there is none but in prefixes. */
export function tooLong(use: DocumentUse, document: PolicyDocument): Failure | undefined {
  const length = JSON.stringify(document).length;
  if (length <= LIMITS[use]) return undefined;
  const message = `${ADVICE[use]}. It would have ${inThousands(length)} characters, of ${inThousands(LIMITS[use])} that AWS allows`;
  return { reason: "PolicyTooLarge", message, terminal: true };
}

function inThousands(count: number): string {
  return count.toLocaleString("en");
}
