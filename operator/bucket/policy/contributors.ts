import type { PolicyDocument, Statement } from "../../aws/policy/document.ts";
import { ACCESS_SID_PREFIX } from "./compose.ts";

/** Why a BucketAccess is left out of a policy. */
export interface Refusal {
  /** Prefix of the Sids of the BucketAccess, as {@link contributorOf} returns it. */
  contributor: string;
  /** For users; without it, AWS does not know a principal. */
  tooLarge?: string;
  /** The principal that AWS does not know, if AWS names it. */
  principal?: string;
}

/** For a BucketAccess whose statements no longer fit. */
export function doesNotFit(contributor: string, policy: string, maxBytes: number): Refusal {
  const tooLarge =
    `The ${policy} has no room for the statements of this BucketAccess, the latest: AWS takes at most ${maxBytes} bytes. ` +
    "Grant fewer prefixes to fewer principals, here or in other BucketAccesses of the bucket, or shorten the policy of the S3Bucket";
  return { contributor, tooLarge };
}

/** AWS does not take the statements of some BucketAccesses. The rest of the policy is written. */
export class ContributorsRefused extends Error {
  readonly refusals: readonly Refusal[];
  constructor(refusals: readonly Refusal[]) {
    super("AWS does not take the statements of some BucketAccesses");
    this.name = "ContributorsRefused";
    this.refusals = refusals;
  }
}

const SID = new RegExp(`^(${ACCESS_SID_PREFIX}[0-9a-f]+n)[0-9]+$`);

/** The BucketAccess of a statement, as the prefix of its Sids; undefined for other statements. */
export function contributorOf({ Sid }: Statement): string | undefined {
  return SID.exec(Sid ?? "")?.[1];
}

/** The BucketAccesses that have statements, in the order of the statements. */
export function contributorsIn(statements: readonly Statement[]): string[] {
  return [...new Set(statements.map(contributorOf))].filter((contributor) => contributor !== undefined);
}

export function withoutContributors(document: PolicyDocument, contributors: readonly string[]): PolicyDocument {
  const Statement = document.Statement.filter((each) => !contributors.includes(contributorOf(each) ?? ""));
  return { ...document, Statement };
}
