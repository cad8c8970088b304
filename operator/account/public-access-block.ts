import {
  DeletePublicAccessBlockCommand,
  GetPublicAccessBlockCommand,
  PutPublicAccessBlockCommand,
  type PublicAccessBlockConfiguration as Configuration,
  type S3ControlClient,
} from "@aws-sdk/client-s3-control";
import { REASON } from "../api/reasons.ts";
import type { AccountPublicAccessBlock, AWSAccount } from "../api/types.ts";
import { parseDenial } from "../aws/denial.ts";
import { awsErrorKind, isAbsent } from "../aws/errors.ts";
import type { AwsSession } from "../aws/session.ts";
import { applyParts, partsToWrite, readBack } from "../reconcile/apply.ts";
import { throwFailure } from "../reconcile/aws-failure.ts";
import { compare, type Change } from "../reconcile/change.ts";
import { conclude } from "../reconcile/conclude.ts";
import { DELAY_MS } from "../reconcile/delays.ts";
import { announceCorrection, announceWrites } from "../reconcile/drift.ts";
import { stalled } from "../reconcile/outcome.ts";
import type { WritablePart } from "../reconcile/part.ts";
import type { AccountContext, AccountDependencies } from "./dependencies.ts";

type Switches = AccountPublicAccessBlock;

const NAME = "publicAccessBlock";

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html; neither takes a resource. */
export const PUBLIC_ACCESS_BLOCK_ACTIONS = [
  "s3:GetAccountPublicAccessBlock",
  "s3:PutAccountPublicAccessBlock",
] as const;
const [READ, WRITE] = PUBLIC_ACCESS_BLOCK_ACTIONS;

interface AccountClient {
  s3Control: S3ControlClient;
  ref: { AccountId: string };
  options: { abortSignal: AbortSignal };
}

/**
 * Keeps Block Public Access of the AWS account as the spec declares it. Removes what the operator wrote once no
 * AWSAccount declares it. Throws an OutcomeError until AWS shows what is declared, when an older AWSAccount declares
 * something else, or when the organization decides.
 * @param deciding the AWSAccount that decides for its AWS account, see deciding.ts
 */
export async function keepPublicAccessBlock(
  dependencies: AccountDependencies,
  session: AwsSession,
  context: AccountContext,
  deciding: AWSAccount | undefined,
): Promise<void> {
  const { object, status, signal } = context;
  const { region, publicAccessBlock: desired } = object.spec;
  const s3Control = session.s3Control(region);
  const client = { s3Control, ref: { AccountId: session.accountId }, options: { abortSignal: signal } };
  if (deciding !== undefined && deciding.metadata.name !== object.metadata.name)
    yieldTo(dependencies, deciding, context);
  if (desired !== undefined) return enforce(dependencies, client, context, desired);
  const { appliedPublicAccessBlock: applied } = status;
  // The last AWSAccount that declares it removes it.
  if (applied !== undefined && deciding === undefined) await release(dependencies, client, context, applied);
  delete status.publicAccessBlock;
}

/** Throws an OutcomeError if the spec contradicts the deciding AWSAccount. What that overwrites is no longer ours. */
function yieldTo(
  { history }: AccountDependencies,
  { metadata, spec }: AWSAccount,
  { object, status }: AccountContext,
): void {
  const { publicAccessBlock: decided } = spec;
  const { publicAccessBlock: desired } = object.spec;
  const { appliedPublicAccessBlock: applied } = status;
  if (decided === undefined) return;
  if (applied !== undefined && !isEqual(applied, decided)) delete status.appliedPublicAccessBlock;
  if (desired === undefined || isEqual(desired, decided)) return;
  // When this AWSAccount decides again, AWS must not be taken for settling on an earlier write.
  history.forget(object.metadata.uid ?? "");
  delete status.publicAccessBlock;
  throw stalled(
    REASON.publicAccessBlockConflict,
    `AWSAccount '${metadata.name}' is older, has the same accountId, and declares another spec.publicAccessBlock, ` +
      `which counts (${inWords(changesOf(desired, decided))}): remove spec.publicAccessBlock from one of the two, or declare the same in both`,
  );
}

async function enforce(
  dependencies: AccountDependencies,
  client: AccountClient,
  context: AccountContext,
  desired: Switches,
): Promise<void> {
  const { history } = dependencies;
  const { object, status, event, progress } = context;
  const uid = object.metadata.uid ?? "";
  const { publicAccessBlock: last, appliedPublicAccessBlock: appliedBefore } = status;
  const observe = async () => [await observePart(client, context, desired)];
  const parts = await observe();
  const toWrite = partsToWrite(parts, history, uid);
  // Recorded before the write, so that it is known to be ours whatever happens next.
  if (toWrite.length > 0) status.appliedPublicAccessBlock = desired;
  const drift = { status: {}, event, progress };
  await announceWrites(dependencies, drift, toWrite, last !== undefined && isEqual(desired, last) ? toWrite : []);
  const written = await applyParts(parts, (part) => part.write(), history, uid);
  const isDenied = written.some(({ failure }) => failure !== undefined && DENIALS.has(failure.reason));
  if (isDenied) restoreRecord(context, appliedBefore);
  const isSettling = written.some(({ state }) => state === "Settling");
  const results = isSettling ? readBack(written, await observe(), history, uid) : written;
  announceCorrection(dependencies, drift, results);
  conclude(results, { message: "", recheckAfterMs: DELAY_MS.account });
}

/** Reads the configuration and records its switches in status. */
async function observePart(
  client: AccountClient,
  { status }: AccountContext,
  desired: Switches,
): Promise<WritablePart> {
  const before = await observe(client);
  const observed = switchesOf(before);
  status.publicAccessBlock = observed;
  const changes = changesOf(desired, observed);
  const write = () =>
    put(client, desired, before).catch((error: unknown) => {
      throw isOrganizations(error) ? managedByOrganization(changes) : throwFailure(WRITE, "*")(error);
    });
  return { name: NAME, desired, changes, write };
}

/** Returns to S3's default, which is no configuration, unless another user has changed what the operator wrote. */
async function release(
  { history }: AccountDependencies,
  client: AccountClient,
  { object, status }: AccountContext,
  applied: Switches,
): Promise<void> {
  const seen = await observe(client);
  if (seen !== undefined && isEqual(applied, switchesOf(seen))) {
    await client.s3Control
      .send(new DeletePublicAccessBlockCommand(client.ref), client.options)
      // Under an organization's policy the account's own configuration does not count.
      .catch((error: unknown) => (isOrganizations(error) ? undefined : throwFailure(WRITE, "*")(error)));
  }
  // Otherwise the next write of the same value would wait for the settle window.
  history.forget(object.metadata.uid ?? "");
  delete status.appliedPublicAccessBlock;
}

/** Undefined: the account has no configuration. */
async function observe({ s3Control, ref, options }: AccountClient): Promise<Configuration | undefined> {
  const answer = await s3Control
    .send(new GetPublicAccessBlockCommand(ref), options)
    .catch((error: unknown) => (isAbsent(error) ? undefined : throwFailure(READ, "*")(error)));
  return answer?.PublicAccessBlockConfiguration;
}

/** A switch that S3 omits is off; an account without a configuration has all four off. */
function switchesOf(seen: Configuration | undefined): Switches {
  return {
    blockPublicAcls: seen?.BlockPublicAcls ?? false,
    ignorePublicAcls: seen?.IgnorePublicAcls ?? false,
    blockPublicPolicy: seen?.BlockPublicPolicy ?? false,
    restrictPublicBuckets: seen?.RestrictPublicBuckets ?? false,
  };
}

/** Sends all four switches, since a Put turns off those that it omits. Keeps other fields of `before`. */
async function put(
  { s3Control, ref, options }: AccountClient,
  desired: Switches,
  before: Configuration | undefined,
): Promise<void> {
  const PublicAccessBlockConfiguration = {
    ...before,
    BlockPublicAcls: desired.blockPublicAcls,
    IgnorePublicAcls: desired.ignorePublicAcls,
    BlockPublicPolicy: desired.blockPublicPolicy,
    RestrictPublicBuckets: desired.restrictPublicBuckets,
  };
  await s3Control.send(new PutPublicAccessBlockCommand({ ...ref, PublicAccessBlockConfiguration }), options);
}

function changesOf(desired: Switches, observed: Switches): Change[] {
  const names = (Object.keys(desired) as (keyof Switches)[]).sort();
  return names.flatMap((name) => compare(name, desired[name], observed[name]));
}

function isEqual(desired: Switches, observed: Switches): boolean {
  return changesOf(desired, observed).length === 0;
}

/** "blockPublicAcls is false, not true" */
function inWords(changes: readonly Change[]): string {
  return changes.map(({ path, desired, actual }) => `${path} is ${actual}, not ${desired}`).join(", ");
}

/** Reasons of a refused write: what AWS has is not ours. */
const DENIALS: ReadonlySet<string> = new Set(["AccessDenied", REASON.managedByOrganization]);

function restoreRecord({ status }: AccountContext, before: Switches | undefined): void {
  delete status.appliedPublicAccessBlock;
  if (before !== undefined) status.appliedPublicAccessBlock = before;
}

/**
 * Denied by an S3 policy or a service control policy.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_s3.html
 */
function isOrganizations(error: unknown): boolean {
  if (awsErrorKind(error) !== "AccessDenied") return false;
  return /organization|service control policy/i.test(parseDenial((error as Error).message).because ?? "");
}

function managedByOrganization(changes: readonly Change[]): Error {
  const message =
    `The AWS organization decides on Block Public Access of the account, and does not let it be changed (${inWords(changes)}): ` +
    "remove spec.publicAccessBlock, or have the organization's policy changed";
  return stalled(REASON.managedByOrganization, message);
}
