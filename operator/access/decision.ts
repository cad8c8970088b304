import { accessRuleViolation, type AccessAsks } from "../account/access-rules.ts";
import { isRefusedByAccount, resolveAccount, type AccountProblem } from "../account/resolve.ts";
import { REASON } from "../api/reasons.ts";
import type { AWSAccount, BucketAccess, S3Bucket } from "../api/types.ts";
import { OutcomeError } from "../kube/outcome.ts";
import { DELAY_MS } from "../reconcile/delays.ts";
import { failed, failureIn, type Failure } from "../reconcile/outcome.ts";
import { bucketKeyOf, consentViolation, isInOwnNamespace, notAvailable } from "./consent.ts";
import type { AccessDirectory } from "./dependencies.ts";
import { accessViolation } from "./guardrails.ts";

/** Whether the objects of the cluster allow an access. */
export type Decision =
  /** `account`: of the role. `bucket`: undefined for a bucket that no S3Bucket manages (`spec.bucket`). */
  | { wanted: true; account: AWSAccount; bucket: S3Bucket | undefined }
  /**
   * What was granted is revoked, unless the decision is `undecided`: the AWSAccount is missing or not the only default,
   * which refuses nothing. Then nothing is granted and nothing revoked.
   */
  | { wanted: false; failure: Failure; undecided?: true };

/**
 * Decides whether a BucketAccess may have what it asks for: its S3Bucket exists and consents, its AWSAccount admits the
 * namespaces, and guardrails and rules of the account allow it. An S3Bucket that is being deleted still consents, since
 * its deletion waits for its users. Depends on specs and labels alone, never on status. Does not ask whether the access
 * is being deleted or paused. Pure.
 */
export function decide(directory: AccessDirectory, access: BucketAccess): Decision {
  return access.spec.bucket === undefined ? decideManaged(directory, access) : decideExternal(directory, access);
}

/** Whether everything that the access was granted is to be revoked. */
export function isRefused(decision: Decision): boolean {
  return !decision.wanted && decision.undecided !== true;
}

/** How a reconcile of an access that is not wanted ends: it waits, unless only a user can fix it. */
export function refusalOf(failure: Failure): OutcomeError {
  if (failure.terminal === true) return failed(failure);
  const { reason, message, retryAfterMs: afterMs = DELAY_MS.reference } = failure;
  return new OutcomeError({ kind: "waiting", reason, message, afterMs });
}

/** In this order, since a namespace without consent learns nothing about the bucket or its account. */
function decideManaged(directory: AccessDirectory, access: BucketAccess): Decision {
  const bucket = directory.bucket(bucketKeyOf(access));
  if (bucket === undefined) return refuse(notAvailable(access));
  const withheld = consentViolation(directory, bucket, access);
  if (withheld !== undefined) return refuse(withheld);
  const { namespace = "" } = bucket.metadata;
  const using = [directory, namespace, bucket.spec.accountRef?.name] as const;
  const { account, problem } = resolveAccount(...using);
  if (problem !== undefined) return without(isRefusedByAccount(...using), bucketWaits(access, problem));
  if (!admitsAccess(directory, account, access)) return refuse(notAdmitted(access));
  return decideInAccount(directory, access, account, bucket);
}

function decideExternal(directory: AccessDirectory, access: BucketAccess): Decision {
  const { metadata, spec } = access;
  const using = [directory, metadata.namespace ?? "", spec.accountRef?.name] as const;
  const { account, problem } = resolveAccount(...using);
  if (problem !== undefined) return without(isRefusedByAccount(...using), problem);
  return decideInAccount(directory, access, account, undefined);
}

function decideInAccount(
  directory: AccessDirectory,
  access: BucketAccess,
  account: AWSAccount,
  bucket: S3Bucket | undefined,
): Decision {
  const beyondGuardrails = failureIn(accessViolation(access, account));
  const violation = beyondGuardrails ?? ruleViolation(directory, access, account, asksOf(access));
  return violation === undefined ? { wanted: true, account, bucket } : refuse(violation);
}

function asksOf({ spec: { role, bucket, webIdentity } }: BucketAccess): AccessAsks {
  return { policyArns: role?.policyArns, roleArn: role?.arn, bucketName: bucket?.name, webIdentity };
}

/** Why the account's `access.rules` do not allow what the access asks for; undefined: they do. */
export function ruleViolation(
  directory: Pick<AccessDirectory, "namespace">,
  { metadata: { namespace: name = "" } }: BucketAccess,
  account: AWSAccount,
  asks: AccessAsks,
): Failure | undefined {
  return accessRuleViolation(account, { name, object: directory.namespace(name) }, asks);
}

/** Whether objects of the access's namespace may use the account. */
function admitsAccess(directory: AccessDirectory, account: AWSAccount, { metadata }: BucketAccess): boolean {
  return resolveAccount(directory, metadata.namespace ?? "", account.metadata.name).account !== undefined;
}

function refuse(failure: Failure): Decision {
  return { wanted: false, failure };
}

/** No account can be used: because it refuses, or because it is not known which one. */
function without(isRefusal: boolean, failure: Failure): Decision {
  return isRefusal ? refuse(failure) : { wanted: false, failure, undecided: true };
}

/** Does not name the account to another namespace. */
function bucketWaits(access: BucketAccess, problem: AccountProblem): Failure {
  const { namespace, name } = bucketKeyOf(access);
  const why = isInOwnNamespace(access) ? `${problem.reason}: ${problem.message}` : problem.reason;
  return { reason: REASON.bucketNotReady, message: `Waiting for S3Bucket '${namespace}/${name}': ${why}` };
}

function notAdmitted({ metadata }: BucketAccess): Failure {
  const message = `The AWSAccount of the bucket does not admit namespace '${metadata.namespace}': ask the platform team`;
  return { reason: REASON.accountNotAvailable, message };
}
