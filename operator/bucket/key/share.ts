import { REASON } from "../../api/reasons.ts";
import { sameStatements } from "../../aws/policy/canonical.ts";
import { policyBytes, type PolicyDocument, type Statement } from "../../aws/policy/document.ts";
import { keepsChanging } from "../../reconcile/conclude.ts";
import type { History } from "../../reconcile/history.ts";
import { failed, failureIn, type Failure } from "../../reconcile/outcome.ts";
import type { Part, PartState } from "../../reconcile/part.ts";
import type { BucketContext, Contributions } from "../dependencies.ts";
import { settingFailure } from "../failure.ts";
import { hasSidAmong, isOurs } from "../policy/compose.ts";
import { ContributorsRefused, doesNotFit, type Refusal } from "../policy/contributors.ts";
import { fitting } from "../policy/fit.ts";
import { writeAsFarAsKnown } from "../policy/write.ts";
import type { Target } from "../target.ts";
import { cloudFrontOnKey } from "./cloudfront.ts";
import { keyClient, type KeyClient } from "./key-client.ts";
import { MAX_KEY_POLICY_BYTES, readKeyPolicy, writeKeyPolicy } from "./policy.ts";
import type { KeyResolution } from "./resolution.ts";

/**
 * Puts statements for BucketAccesses and CloudFront into the key policy. Returns a failure, because the bucket works
 * without them.
 */
export async function shareKey(
  history: History,
  context: BucketContext,
  { session, bucket }: Target,
  { arn: keyArn, isNew }: KeyResolution,
  contributions: Contributions,
): Promise<Failure | undefined> {
  const { object, status, signal } = context;
  const isManaged = object.spec.encryption?.kmsKey?.managed !== undefined;
  const statements = [...cloudFrontOnKey(object.spec), ...contributions.keyPolicy];
  const { pausedSids } = contributions;
  const isWanted = statements.length > 0 || pausedSids.length > 0;
  if (keyArn === undefined || !isManaged || (!isWanted && !mayBeShared(context, isNew))) return undefined;
  try {
    await applyStatements(history, context, keyClient(session, bucket.region, signal), keyArn, statements, pausedSids);
  } catch (error) {
    const failure = failureIn(error);
    if (failure === undefined) throw error;
    return failure;
  }
  if (!isWanted) delete status.managedKey;
  return undefined;
}

/** Status records statements, or is new or was wiped: then a key that was there already may have some. */
function mayBeShared({ object: { status } }: BucketContext, isNew = false): boolean {
  return status?.managedKey?.isShared === true || (!isNew && (status?.observedGeneration ?? -1) < 0);
}

async function applyStatements(
  history: History,
  context: BucketContext,
  client: KeyClient,
  keyArn: string,
  statements: readonly Statement[],
  pausedSids: readonly string[],
): Promise<void> {
  const { status } = context;
  const observed = await readKeyPolicy(client, keyArn);
  status.managedKey = { ...status.managedKey, isShared: true };
  const others = observed.Statement.filter((each) => !isOurs(each) || hasSidAmong(each, pausedSids));
  const wanted = { ...observed, Statement: [...others, ...statements] };
  const fit = fitting(wanted, observed, MAX_KEY_POLICY_BYTES);
  if (policyBytes(fit.document) > MAX_KEY_POLICY_BYTES) throw failed(tooLarge(policyBytes(fit.document)));
  const refusals = fit.leftOut.map((each) => doesNotFit(each, "policy of the KMS key", MAX_KEY_POLICY_BYTES));
  if (sameStatements(fit.document.Statement, observed.Statement)) history.inSync(uidOf(context), KEY_POLICY);
  else refusals.push(...(await writeStatements(history, context, client, keyArn, statements, fit.document, observed)));
  if (refusals.length > 0) throw new ContributorsRefused(refusals);
}

const KEY_POLICY = "policy of the KMS key";

/** Not read back here: each reconcile reads the policy first, and must not take an old one for one that is to appear. */
async function writeStatements(
  history: History,
  context: BucketContext,
  client: KeyClient,
  keyArn: string,
  statements: readonly Statement[],
  document: PolicyDocument,
  observed: PolicyDocument,
): Promise<Refusal[]> {
  const uid = uidOf(context);
  const part: Part = { name: KEY_POLICY, desired: statements, changes: [], isConsistent: true };
  const verdict = history.judge(uid, part);
  if (verdict !== "Write") throw failed(unstable(part, verdict));
  await context.progress(REASON.applying, "Changing who may use the KMS key of the bucket");
  history.wrote(uid, part);
  const write = (each: PolicyDocument) => writeKeyPolicy(client, keyArn, each);
  const unknown = await writeAsFarAsKnown(write, document, observed).catch((error: unknown) => {
    history.failed(uid, KEY_POLICY);
    throw failed(settingFailure(error, "kms:PutKeyPolicy", keyArn));
  });
  if (unknown.length > 0) history.failed(uid, KEY_POLICY);
  return unknown;
}

function uidOf({ object }: BucketContext): string {
  return object.metadata.uid ?? "";
}

function unstable(part: Part, state: PartState): Failure {
  return { reason: REASON.settingKeepsChanging, message: keepsChanging([{ part, state }]), terminal: true };
}

function tooLarge(bytes: number): Failure {
  const message =
    `The policy of the KMS key would have ${bytes} bytes, and KMS takes at most ${MAX_KEY_POLICY_BYTES}: ` +
    "shorten the statements that the operator did not write";
  return { reason: REASON.policyTooLarge, message, terminal: true };
}
