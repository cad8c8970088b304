import { DeleteBucketPolicyCommand, PutBucketPolicyCommand } from "@aws-sdk/client-s3";
import { awsErrorKind } from "../../aws/errors.ts";
import type { BucketClient } from "../bucket-client.ts";
import { namedPrincipal } from "../failure.ts";
import { canonicalStatement } from "./canonical.ts";
import { isOfAccess } from "./compose.ts";
import { danglingRefused } from "./dangling.ts";
import type { PolicyDocument, Statement } from "./document.ts";
import { principalNames } from "./external-access.ts";

/** Throws what AWS says of `document`, also where it took all of it but the statements of a BucketAccess. */
export async function applyPolicy(
  bucket: BucketClient,
  document: PolicyDocument,
  observed: PolicyDocument,
): Promise<void> {
  try {
    await writePolicy(bucket, document);
  } catch (error) {
    await writeWithoutUnknown(bucket, document, observed, error);
    throw danglingRefused(error, document) ?? error;
  }
}

/** Without statements there is no policy. */
export async function writePolicy({ s3, ref, options }: BucketClient, document: PolicyDocument): Promise<void> {
  if (document.Statement.length === 0) await s3.send(new DeleteBucketPolicyCommand(ref), options);
  else await s3.send(new PutBucketPolicyCommand({ ...ref, Policy: JSON.stringify(document) }), options);
}

/**
 * After AWS refused the whole policy for a principal that it does not know: a BucketAccess that names one must not keep the rest from being applied.
 * AWS names one at a time, or none: then what BucketAccesses have in the policy already stays.
 */
async function writeWithoutUnknown(
  bucket: BucketClient,
  document: PolicyDocument,
  observed: PolicyDocument,
  refusal: unknown,
): Promise<void> {
  if (awsErrorKind(refusal) !== "NotYetVisible") return;
  const named = namedPrincipal(refusal);
  const there = new Set(observed.Statement.map(canonicalText));
  const isRefused = (statement: Statement) =>
    named === undefined ? !there.has(canonicalText(statement)) : principalNames(statement).includes(named);
  const Statement = document.Statement.filter((each) => !isOfAccess(each) || !isRefused(each));
  if (Statement.length === document.Statement.length) return;
  if (Statement.length === there.size && Statement.every((each) => there.has(canonicalText(each)))) return;
  const rest = { ...document, Statement };
  await writePolicy(bucket, rest).catch((error: unknown) => writeWithoutUnknown(bucket, rest, observed, error));
}

function canonicalText(statement: Statement): string {
  return JSON.stringify(canonicalStatement(statement));
}
