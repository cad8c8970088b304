import { DeleteBucketPolicyCommand, PutBucketPolicyCommand } from "@aws-sdk/client-s3";
import { awsErrorKind } from "../../aws/errors.ts";
import { canonicalText, sameStatements } from "../../aws/policy/canonical.ts";
import type { PolicyDocument } from "../../aws/policy/document.ts";
import { principalNames } from "../../aws/policy/external-access.ts";
import type { BucketClient } from "../bucket-client.ts";
import { namedPrincipal } from "../failure.ts";
import { deleteSeen } from "../subresource.ts";
import { contributorOf, contributorsIn, withoutContributors, type Refusal } from "./contributors.ts";
import { danglingRefused } from "./dangling.ts";

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

type Write = (document: PolicyDocument) => Promise<void>;

/** Writes to find BucketAccesses with an unknown principal, in one reconcile. The rest is tried later. */
const MAX_TRIALS = 20;

/**
 * Writes the policy of a bucket or key, without the BucketAccesses that name a principal that AWS does not know: they
 * must not keep others from being applied or revoked. AWS names one principal at a time, or none; then halves of the
 * new BucketAccesses are tried by themselves.
 * @returns the BucketAccesses that are left out
 * @throws the error of AWS, if it is about another statement
 */
export async function writeAsFarAsKnown(
  write: Write,
  document: PolicyDocument,
  observed: PolicyDocument,
): Promise<Refusal[]> {
  const error = await refusalOf(write, document);
  if (error === undefined) return [];
  const dangling = danglingRefused(error, document);
  if (dangling !== undefined) throw dangling;
  const named = namedPrincipal(error) ?? "";
  const concerned = document.Statement.filter((each) => principalNames(each).includes(named));
  if (concerned.length === 0) return writeApart(write, document, observed, error);
  const culprits = contributorsIn(concerned);
  if (culprits.length === 0) throw error;
  const rest = withoutContributors(document, culprits);
  const others = sameStatements(rest.Statement, observed.Statement)
    ? []
    : await writeAsFarAsKnown(write, rest, observed);
  return [...culprits.map((contributor) => ({ contributor, principal: named })), ...others];
}

async function writeApart(
  write: Write,
  document: PolicyDocument,
  observed: PolicyDocument,
  error: unknown,
): Promise<Refusal[]> {
  const there = new Set(observed.Statement.map(canonicalText));
  const suspects = contributorsIn(document.Statement.filter((each) => !there.has(canonicalText(each))));
  if (suspects.length === 0) throw error;
  const without = (left: readonly string[]) => withoutContributors(document, left);
  const base = without(suspects);
  if (!sameStatements(base.Statement, observed.Statement)) await write(base);

  const accepted = new Set<string>();
  const refused: string[] = [];
  let trials = 0;
  const isAccepted = async (some: readonly string[]) => {
    trials += 1;
    const left = suspects.filter((each) => !accepted.has(each) && !some.includes(each));
    return (await refusalOf(write, without(left))) === undefined;
  };
  const halve = async (some: readonly string[]): Promise<void> => {
    if (some.length <= 1) return void refused.push(...some);
    const middle = Math.ceil(some.length / 2);
    for (const half of [some.slice(0, middle), some.slice(middle)]) {
      if (trials >= MAX_TRIALS) refused.push(...half);
      else if (await isAccepted(half)) half.forEach((each) => accepted.add(each));
      else await halve(half);
    }
  };
  await halve(suspects);
  return refused.map((contributor) => ({ contributor, ...onlyPrincipal(document, contributor) }));
}

/** Undefined if the document was written. Throws any error but that of an unknown principal. */
async function refusalOf(write: Write, document: PolicyDocument): Promise<unknown> {
  try {
    await write(document);
    return undefined;
  } catch (error) {
    if (awsErrorKind(error) !== "NotYetVisible") throw error;
    return error;
  }
}

/** The principal of a BucketAccess that has only one, which must be the unknown one. */
function onlyPrincipal({ Statement }: PolicyDocument, contributor: string): Pick<Refusal, "principal"> {
  const own = Statement.filter((each) => contributorOf(each) === contributor);
  const [principal, ...others] = new Set(own.flatMap(principalNames));
  return principal === undefined || others.length > 0 ? {} : { principal };
}
