import { canonicalText } from "../../aws/policy/canonical.ts";
import { policyBytes, type PolicyDocument } from "../../aws/policy/document.ts";
import { isOfAccess } from "./compose.ts";

/**
 * Trims a policy to the size limit: keeps all other statements, then those of BucketAccesses while they fit, existing
 * ones first. One large BucketAccess must not keep the others from being applied or revoked. Pure.
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
