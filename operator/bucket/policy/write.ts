import { DeleteBucketPolicyCommand, PutBucketPolicyCommand } from "@aws-sdk/client-s3";
import { awsErrorKind } from "../../aws/errors.ts";
import { canonicalText } from "../../aws/policy/canonical.ts";
import type { PolicyDocument, Statement } from "../../aws/policy/document.ts";
import { principalNames } from "../../aws/policy/external-access.ts";
import type { BucketClient } from "../bucket-client.ts";
import { namedPrincipal } from "../failure.ts";
import { deleteSeen } from "../subresource.ts";
import { isOfAccess } from "./compose.ts";
import { danglingRefused } from "./dangling.ts";

/** @throws the error of AWS about `document`, even if a part of it was then written */
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

/** Deletes the policy if the document has no statements. */
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
 * Writes the policy of a bucket or key. If AWS rejects it because of an unknown principal, writes the rest: one
 * BucketAccess with such a principal must not keep the others from being applied or revoked.
 * @throws the error of AWS about `document`, even if the rest was written
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
    // The next reconcile finds an error about the rest, if it lasts.
    if (rest !== undefined) await writeAsFarAsKnown(write, rest, observed).catch(() => {});
    throw error;
  }
}

/**
 * Without the statements of BucketAccesses that name the unknown principal. AWS names one at a time; if it names none,
 * without those that are not in the policy yet. Undefined: nothing is left to write.
 */
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
