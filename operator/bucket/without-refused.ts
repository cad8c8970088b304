import { REASON } from "../api/reasons.ts";
import { MAX_POLICY_BYTES, type PolicyDocument, type Statement } from "../aws/policy/document.ts";
import { OutcomeError } from "../kube/outcome.ts";
import { DELAY_MS } from "../reconcile/delays.ts";
import { again, failed, failureIn, type Outcome } from "../reconcile/outcome.ts";
import type { BucketClient } from "./bucket-client.ts";
import type { BucketContext, BucketDependencies } from "./dependencies.ts";
import { settingFailure } from "./failure.ts";
import { keyClient, type KeyClient } from "./key/key-client.ts";
import { MAX_KEY_POLICY_BYTES, readKeyPolicy, writeKeyPolicy } from "./key/policy.ts";
import {
  contributorOf,
  contributorsIn,
  ContributorsRefused,
  doesNotFit,
  withoutContributors,
  type Refusal,
} from "./policy/contributors.ts";
import { fitting } from "./policy/fit.ts";
import { withVersionFor } from "./policy/version.ts";
import { writeAsFarAsKnown, writePolicy } from "./policy/write.ts";
import { policy } from "./settings/policy.ts";
import { resolveTarget } from "./target.ts";

/** BucketAccesses that are tried again in one reconcile. */
const MAX_TRIES = 3;

/**
 * Reconciles without the BucketAccesses whose statements AWS does not take. They are told so in their own status, and
 * tried again later, each by itself: the S3Bucket stays Ready, because nothing of its own is wrong, and because a
 * BucketAccess may be of another namespace.
 */
export async function withoutRefused(
  dependencies: BucketDependencies,
  context: BucketContext,
  reconcile: () => Promise<Outcome>,
): Promise<Outcome> {
  const { uid = "" } = context.object.metadata;
  const outcome = await reconcile().catch(async (error: unknown) => {
    if (!(error instanceof ContributorsRefused)) throw error;
    await leaveOut(dependencies, context, error.refusals);
    throw again(REASON.applying, "Applying the rest, without BucketAccesses that AWS refuses", DELAY_MS.rest);
  });
  const { leftOut } = dependencies;
  if (outcome.kind !== "done") return outcome;
  const due = leftOut.triesOf(uid).filter(({ inMs }) => inMs === 0);
  const admitted = await tryAgain(
    dependencies,
    context,
    due.slice(0, MAX_TRIES).map(({ contributor }) => contributor),
  );
  const waits = leftOut.triesOf(uid).map(({ inMs }) => Math.max(inMs, DELAY_MS.rest));
  // The queue shortens delays by up to a tenth.
  const nextMs = Math.min(...waits, admitted ? DELAY_MS.rest : Infinity) * 1.2;
  return { ...outcome, recheckAfterMs: Math.min(outcome.recheckAfterMs, nextMs) };
}

async function leaveOut(
  { leftOut, uses, ...dependencies }: BucketDependencies,
  { object, signal }: BucketContext,
  refusals: readonly Refusal[],
): Promise<void> {
  const { account, bucket } = await resolveTarget(dependencies, object, signal);
  const { bucketPolicy } = uses.contributionsOf(object, account, bucket);
  leftOut.leaveOut(object.metadata.uid ?? "", refusals, bucketPolicy);
}

/** Whether AWS now takes the statements of any of them. The reconcile has just verified whose the bucket is. */
async function tryAgain(
  dependencies: BucketDependencies,
  context: BucketContext,
  contributors: readonly string[],
): Promise<boolean> {
  if (contributors.length === 0) return false;
  const { object, log } = context;
  const { leftOut } = dependencies;
  let isAny = false;
  for (const contributor of contributors) {
    const refusals = await refusalsOf(dependencies, context, contributor).catch((error: unknown) => {
      if (failureIn(error) === undefined) throw error;
      log.warn({ error }, "Statements of a BucketAccess could not be tried again");
      return [{ contributor }];
    });
    if (refusals.length > 0) await leaveOut(dependencies, context, refusals);
    else {
      leftOut.admit(object.metadata.uid ?? "", contributor);
      isAny = true;
    }
  }
  return isAny;
}

/** Adds the statements of one BucketAccess to the key's policy, and then to the bucket policy. */
async function refusalsOf(
  dependencies: BucketDependencies,
  { object, status, signal }: BucketContext,
  contributor: string,
): Promise<Refusal[]> {
  const { account, session, bucket } = await resolveTarget(dependencies, object, signal);
  const keyArn = object.spec.encryption?.kmsKey?.managed && status.kmsKeyArn;
  const { bucketPolicy, keyPolicy } = dependencies.uses.contributionsOf(object, account, bucket, keyArn);
  const isOwn = (each: Statement) => contributorOf(each) === contributor;
  const onKey = keyPolicy.filter(isOwn);
  if (keyArn !== undefined && onKey.length > 0) {
    const refusals = await tryIn(keyPolicyOf(keyClient(session, bucket.region, signal), keyArn), onKey);
    if (refusals.length > 0) return refusals;
  }
  return tryIn(bucketPolicyOf(bucket), bucketPolicy.filter(isOwn));
}

/** A policy that BucketAccesses contribute to. */
interface SharedPolicy {
  name: string;
  maxBytes: number;
  observe: () => Promise<PolicyDocument>;
  write: (document: PolicyDocument, observed: PolicyDocument) => Promise<void>;
  /** For messages. */
  action: string;
  arn: string;
}

function bucketPolicyOf(bucket: BucketClient): SharedPolicy {
  return {
    name: "bucket policy",
    maxBytes: MAX_POLICY_BYTES,
    observe: async () => (await policy.observe(bucket)) as PolicyDocument,
    write: (document, observed) => writePolicy(bucket, document, observed),
    action: "s3:PutBucketPolicy",
    arn: bucket.arn,
  };
}

function keyPolicyOf(client: KeyClient, arn: string): SharedPolicy {
  return {
    name: "policy of the KMS key",
    maxBytes: MAX_KEY_POLICY_BYTES,
    observe: () => readKeyPolicy(client, arn),
    write: (document) => writeKeyPolicy(client, arn, document),
    action: "kms:PutKeyPolicy",
    arn,
  };
}

async function tryIn(
  { name, maxBytes, observe, write, action, arn }: SharedPolicy,
  own: readonly Statement[],
): Promise<Refusal[]> {
  const [contributor = ""] = contributorsIn(own);
  try {
    const observed = await observe();
    const rest = withoutContributors(observed, [contributor]);
    const document = withVersionFor(own, { ...rest, Statement: [...rest.Statement, ...own] });
    if (fitting(document, observed, maxBytes).leftOut.length > 0) return [doesNotFit(contributor, name, maxBytes)];
    return await writeAsFarAsKnown((each) => write(each, observed), document, observed);
  } catch (error) {
    throw error instanceof OutcomeError ? error : failed(settingFailure(error, action, arn));
  }
}
