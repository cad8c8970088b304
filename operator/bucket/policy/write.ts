import { DeleteBucketPolicyCommand, PutBucketPolicyCommand } from "@aws-sdk/client-s3";
import { awsErrorKind } from "../../aws/errors.ts";
import type { BucketClient } from "../bucket-client.ts";
import { deleteSeen } from "../subresource.ts";
import { namedPrincipal } from "../failure.ts";
import { canonicalText } from "../../aws/policy/canonical.ts";
import { isOfAccess } from "./compose.ts";
import { danglingRefused } from "./dangling.ts";
import type { PolicyDocument, Statement } from "../../aws/policy/document.ts";
import { principalNames } from "../../aws/policy/external-access.ts";

/** Throws what AWS says of `document`, also where it took all of it but the statements of a BucketAccess. */
export async function applyPolicy(
  bucket: BucketClient,
  document: PolicyDocument,
  observed: PolicyDocument,
): Promise<void> {
  try {
    await writeAsFarAsKnown((each) => writePolicy(bucket, each, observed), document, observed);
  } catch (error) {
    throw danglingRefused(error, document) ?? error;
  }
}

/** Without statements there is no policy. */
export async function writePolicy(
  bucket: BucketClient,
  document: PolicyDocument,
  observed: PolicyDocument,
): Promise<void> {
  const { s3, ref, options } = bucket;
  if (document.Statement.length === 0) await deleteSeen(bucket, observed.Statement, new DeleteBucketPolicyCommand(ref));
  else await s3.send(new PutBucketPolicyCommand({ ...ref, Policy: JSON.stringify(document) }), options);
}

/**
 * Writes the policy of a bucket or a key, and where AWS refuses the whole of it for a principal that it does not know, the rest of it: a BucketAccess that
 * names one must not keep the others from being applied, or taken away. Throws what AWS said of `document` all the same.
 */
export async function writeAsFarAsKnown(
  write: (document: PolicyDocument) => Promise<void>,
  document: PolicyDocument,
  observed: PolicyDocument,
): Promise<void> {
  try {
    await write(document);
  } catch (error) {
    const rest = withoutUnknown(document, observed, error);
    // What AWS says of the rest is in the next look, if it matters.
    if (rest !== undefined) await writeAsFarAsKnown(write, rest, observed).catch(() => {});
    throw error;
  }
}

/** AWS names one unknown principal at a time, or none: then what BucketAccesses have in the policy already stays. Undefined: nothing is left to write. */
function withoutUnknown(
  document: PolicyDocument,
  observed: PolicyDocument,
  refusal: unknown,
): PolicyDocument | undefined {
  if (awsErrorKind(refusal) !== "NotYetVisible") return undefined;
  const named = namedPrincipal(refusal);
  const there = new Set(observed.Statement.map(canonicalText));
  const isRefused = (statement: Statement) =>
    named === undefined ? !there.has(canonicalText(statement)) : principalNames(statement).includes(named);
  const Statement = document.Statement.filter((each) => !isOfAccess(each) || !isRefused(each));
  const isAsItWas = Statement.length === there.size && Statement.every((each) => there.has(canonicalText(each)));
  return Statement.length === document.Statement.length || isAsItWas ? undefined : { ...document, Statement };
}
