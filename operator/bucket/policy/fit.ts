import { canonicalText } from "../../aws/policy/canonical.ts";
import { policyBytes, type PolicyDocument, type Statement } from "../../aws/policy/document.ts";
import { contributorOf, contributorsIn, withoutContributors } from "./contributors.ts";

/**
 * Trims a policy to the size limit: keeps all other statements, then BucketAccesses while they fit, those that are in
 * the policy already first, otherwise in the order of the statements. `leftOut`: BucketAccesses that do not fit. Pure.
 */
export function fitting(
  document: PolicyDocument,
  observed: PolicyDocument,
  maxBytes: number,
): { document: PolicyDocument; leftOut: string[] } {
  if (policyBytes(document) <= maxBytes) return { document, leftOut: [] };
  const there = new Set(observed.Statement.map(canonicalText));
  const all = contributorsIn(document.Statement);
  const of = (contributor: string) => document.Statement.filter((each) => contributorOf(each) === contributor);
  const isThere = (contributor: string) => of(contributor).every((each) => there.has(canonicalText(each)));
  const present = all.filter(isThere);
  let room = maxBytes - Buffer.byteLength(JSON.stringify(withoutContributors(document, all)));
  const leftOut: string[] = [];
  for (const contributor of [...present, ...all.filter((each) => !present.includes(each))]) {
    const bytes = bytesOf(of(contributor));
    if (bytes > room) leftOut.push(contributor);
    else room -= bytes;
  }
  return { document: withoutContributors(document, leftOut), leftOut };
}

/** With the comma after each. */
function bytesOf(statements: readonly Statement[]): number {
  return statements.reduce((sum, statement) => sum + Buffer.byteLength(JSON.stringify(statement)) + 1, 0);
}
