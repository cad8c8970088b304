import { REASON } from "../../api/reasons.ts";
import type { PolicyDocument } from "../../aws/policy/document.ts";
import type { Failure } from "../../reconcile/outcome.ts";

/** The use of a policy document. */
export type DocumentUse = "permissions" | "trust" | "session";

/**
 * AWS's default quotas in characters: all inline policies of a role together, its trust policy, the policy of an
 * association. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const LIMITS: Readonly<Record<DocumentUse, number>> = { permissions: 10_240, trust: 2_048, session: 2_048 };

const ADVICE: Readonly<Record<DocumentUse, string>> = {
  permissions:
    "The role's policies are too long: state fewer or shorter prefixes in spec.grants, such as one that holds them all",
  trust: "The role's trust policy is too long: choose shorter names for namespace and ServiceAccount",
  session:
    "The session policy is too long: state fewer or shorter prefixes in spec.grants, or remove spec.role to get a separate role",
};

/** Other BucketAccesses with which a document shares its quota. */
interface Sharing {
  names: readonly string[];
  /** Characters of their documents that are not in the document itself. */
  length: number;
}

/** Characters that count towards the quota. IAM ignores white space, which only prefixes contain. */
export function policyLength(document: PolicyDocument): number {
  return JSON.stringify(document).length;
}

/** Fails if the document, with what it shares its quota with, exceeds it. */
export function tooLong(
  use: DocumentUse,
  document: PolicyDocument,
  sharing: Sharing = { names: [], length: 0 },
): Failure | undefined {
  const length = policyLength(document) + sharing.length;
  if (length <= LIMITS[use]) return undefined;
  const others = sharing.names.map((name) => `'${name}'`).join(", ");
  const whose = others === "" ? "It would have" : `Together with BucketAccess ${others}, it would have`;
  const message = `${ADVICE[use]}. ${whose} ${inThousands(length)} characters, of ${inThousands(LIMITS[use])} that AWS allows`;
  return { reason: REASON.policyTooLarge, message, terminal: true };
}

/**
 * The items that fit into a quota together. One that does not fit leaves the room to younger ones. Pure.
 * @param lengthOf characters of the documents of some items together
 */
export function fittingTogether<Item>(
  use: DocumentUse,
  oldestFirst: readonly Item[],
  lengthOf: (items: readonly Item[]) => number,
): Item[] {
  const fit: Item[] = [];
  for (const item of oldestFirst) if (lengthOf([...fit, item]) <= LIMITS[use]) fit.push(item);
  return fit;
}

function inThousands(count: number): string {
  return count.toLocaleString("en");
}
