import { canonicalText } from "../../aws/policy/canonical.ts";
import { isOfAccess } from "./compose.ts";
import { policyBytes, type PolicyDocument } from "../../aws/policy/document.ts";

/**
 * Trims a policy to the size limit. Drops only statements of BucketAccesses, new ones first, so that one BucketAccess
 * cannot block changes of the others. Pure.
 */
export function fitting(document: PolicyDocument, observed: PolicyDocument, maxBytes: number): PolicyDocument {
  if (policyBytes(document) <= maxBytes) return document;
  const there = new Set(observed.Statement.map(canonicalText));
  const others = document.Statement.filter((statement) => !isOfAccess(statement));
  const [present, wanted] = [true, false].map((isThere) =>
    document.Statement.filter((each) => isOfAccess(each) && there.has(canonicalText(each)) === isThere),
  );
  let room = maxBytes - Buffer.byteLength(JSON.stringify({ ...document, Statement: others }));
  const kept = [...(present ?? []), ...(wanted ?? [])].filter((statement) => {
    const bytes = Buffer.byteLength(JSON.stringify(statement)) + 1;
    if (bytes > room) return false;
    room -= bytes;
    return true;
  });
  return { ...document, Statement: [...others, ...kept] };
}
