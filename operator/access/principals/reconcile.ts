import { identityOf } from "../../account/identity.ts";
import { refusingAccount, resolveAccount } from "../../account/resolve.ts";
import { pollIntervalMs } from "../../api/annotations.ts";
import type { Owner } from "../../api/ownership.ts";
import { REASON } from "../../api/reasons.ts";
import type { S3Bucket } from "../../api/types.ts";
import { sameStatements } from "../../aws/policy/canonical.ts";
import type { Verification } from "../../bucket/verified.ts";
import { applyParts, partsToWrite, readBack } from "../../reconcile/apply.ts";
import { conclude } from "../../reconcile/conclude.ts";
import { announceCorrection, announceWrites } from "../../reconcile/drift.ts";
import { fingerprint } from "../../reconcile/fingerprint.ts";
import { failed, type Outcome } from "../../reconcile/outcome.ts";
import type { PartResult } from "../../reconcile/part.ts";
import { bucketKeyOf } from "../consent.ts";
import type { AccessContext, AccessDependencies } from "../dependencies.ts";
import { configMapPart, findConfigMap, removeConfigMap, type Outputs } from "../outputs/config-map.ts";
import { outputsOf } from "../outputs/outputs.ts";
import { policyDocument } from "../policy/model.ts";
import { noteKeys, notePolicy, wasAsDeclared } from "../status.ts";
import { ownerOf, type AccessTarget } from "../target.ts";
import { contributionOf, sidPrefixOf } from "./contribution.ts";
import { observeContribution, sharedPoliciesOf } from "./observe.ts";
import { notReachable, notYetApplied, notYetWithdrawn } from "./waiting.ts";

/** Grants access to named IAM roles: the controller of S3Buckets writes the statements, and this reads them back. */
export async function reconcilePrincipals(
  dependencies: AccessDependencies,
  context: AccessContext,
  target: AccessTarget,
  s3Bucket: S3Bucket,
): Promise<Outcome> {
  const { object, status, signal } = context;
  const { session, owner, bucket } = target;
  const { principals = [], grants } = object.spec;
  const wanted = contributionOf(owner, principals, grants, bucket);
  const outputs = outputsOf(object, target, undefined);
  const hash = fingerprint([wanted, outputs]);
  const settled = wasAsDeclared(object, hash);
  status.declarationHash = hash;
  noteKeys(status, bucket);
  notePolicy(status, object, { principals }, target, policyDocument(wanted.bucket));

  const shared = sharedPoliciesOf(s3Bucket, dependencies.verified.of(s3Bucket));
  const found = shared && (await observeContribution(session, shared, owner, signal));
  const onKey = shared?.keyArn === undefined ? [] : wanted.key;
  const applied = found && sameStatements(wanted.bucket, found.bucket) && sameStatements(onKey, found.key);
  const results = await applyOutputs(dependencies, context, outputs, settled);
  if (applied !== true) {
    const refused = dependencies.leftOut.failureOf(s3Bucket.metadata.uid ?? "", wanted.bucket);
    throw refused === undefined ? notYetApplied(object, s3Bucket) : failed(refused);
  }

  const message = `The principals have their access to bucket '${bucket.name}', as far as their own policies allow it`;
  const outcome = conclude(results, { message, recheckAfterMs: pollIntervalMs(object, dependencies.pollIntervalMs) });
  announceCorrection(dependencies, context, results);
  return outcome;
}

async function applyOutputs(
  dependencies: AccessDependencies,
  context: AccessContext,
  outputs: Outputs,
  settled: boolean,
): Promise<PartResult[]> {
  const { client, history } = dependencies;
  const { object, status, signal } = context;
  const former = object.status?.configMapName;
  if (former !== undefined && former !== outputs.configMapName) await removeConfigMap(client, object, former, signal);
  status.configMapName = outputs.configMapName;
  const uid = object.metadata.uid ?? "";
  const observe = async () => {
    const found = await findConfigMap(client, object, outputs.configMapName, signal);
    return [configMapPart(client, object, outputs, found, signal)];
  };
  const parts = await observe();
  const toWrite = partsToWrite(parts, history, uid);
  await announceWrites(dependencies, context, toWrite, settled ? toWrite : []);
  const results = await applyParts(parts, (part) => part.write(), history, uid);
  return toWrite.length === 0 ? results : readBack(results, await observe(), history, uid);
}

/** Throws an OutcomeError while policies have statements of the access. They stay if the bucket is only observed. */
export async function waitUntilRevoked(
  { aws, directory, verified, cluster }: AccessDependencies,
  context: AccessContext,
): Promise<void> {
  const { object, signal } = context;
  const key = bucketKeyOf(object);
  const s3Bucket = directory.bucket(key);
  if (s3Bucket === undefined || neverHadBucket(s3Bucket, verified.of(s3Bucket))) return;
  if (s3Bucket.spec.mode === "Observe") return announceKeptStatements(context, ownerOf(cluster, object));
  const owner = ownerOf(cluster, object);
  const using = [directory, key.namespace, s3Bucket.spec.accountRef?.name] as const;
  const { account = refusingAccount(...using), problem } = resolveAccount(...using);
  if (account === undefined) throw notReachable(s3Bucket, problem?.reason ?? "", sidPrefixOf(owner));
  const shared = sharedPoliciesOf(s3Bucket, verified.of(s3Bucket));
  if (shared === undefined) throw notReachable(s3Bucket, "the bucket is not verified yet", sidPrefixOf(owner));
  const session = await aws.session(identityOf(account), signal);
  const { bucket, key: onKey } = await observeContribution(session, shared, owner, signal);
  if (bucket.length > 0 || onKey.length > 0) throw notYetWithdrawn(object, s3Bucket, sidPrefixOf(owner));
}

/** Status is only a hint: without it the object may be gone a little before the S3Bucket removes the statements. */
function neverHadBucket({ status }: S3Bucket, verification: Verification | undefined): boolean {
  return verification === undefined ? status?.arn === undefined : verification.state === "Lost";
}

/** The operator does not write to an observed bucket. With `mode: Enforce` its controller removes them later. */
function announceKeptStatements({ object, event }: AccessContext, owner: Owner): void {
  if (object.status?.policy === undefined) return;
  const { namespace, name } = bucketKeyOf(object);
  const note =
    `S3Bucket '${namespace}/${name}' has mode: Observe, so that statements whose Sid begins with '${sidPrefixOf(owner)}' stay in its policies, ` +
    "if there are any: remove them, or set mode: Enforce";
  event({ type: "Warning", reason: REASON.statementsKept, action: "Delete", note });
}
