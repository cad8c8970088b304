import {
  DeletePublicAccessBlockCommand,
  GetPublicAccessBlockCommand,
  type PublicAccessBlockConfiguration as Configuration,
  PutPublicAccessBlockCommand,
  type S3ControlClient,
} from "@aws-sdk/client-s3-control";
import { REASON, type Reason } from "../api/reasons.ts";
import type { AccountPublicAccessBlock, AWSAccount } from "../api/types.ts";
import { awsErrorKind, isAbsent } from "../aws/errors.ts";
import { parseDenial } from "../aws/denial.ts";
import type { AwsSession } from "../aws/session.ts";
import { failWith } from "../reconcile/aws-failure.ts";
import type { ReconcileContext } from "../kube/reconcile.ts";
import { again, stalled } from "../reconcile/outcome.ts";

type Switches = AccountPublicAccessBlock;
type Context = ReconcileContext<AWSAccount, Reason>;

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html; neither takes a resource. */
export const PUBLIC_ACCESS_BLOCK_ACTIONS = [
  "s3:GetAccountPublicAccessBlock",
  "s3:PutAccountPublicAccessBlock",
] as const;
const [READ, WRITE] = PUBLIC_ACCESS_BLOCK_ACTIONS;

const SETTLING_RECHECK_MS = 10_000;
const ORGANIZATION_RECHECK_MS = 600_000;

/** What the calls are made with. */
interface AccountClient {
  s3Control: S3ControlClient;
  ref: { AccountId: string };
  options: { abortSignal: AbortSignal };
}

/**
 * Keeps Block Public Access of the account as the spec declares it; of what no AWSAccount declares, it removes what the
 * operator itself wrote.
 * Throws an OutcomeError while AWS shows something else, when an older AWSAccount declares something else, or when the account's
 * organization decides.
 * @param deciding of the AWSAccounts of the same AWS account the one that decides, see deciding.ts
 */
export async function keepPublicAccessBlock(
  session: AwsSession,
  context: Context,
  deciding: AWSAccount | undefined,
): Promise<void> {
  const { object, status, signal } = context;
  const { region, publicAccessBlock: desired } = object.spec;
  const s3Control = session.s3Control(region);
  const client = { s3Control, ref: { AccountId: session.accountId }, options: { abortSignal: signal } };
  if (deciding !== undefined && deciding.metadata.name !== object.metadata.name) yieldTo(deciding, context);
  if (desired !== undefined) return enforce(client, context, desired);
  const { appliedPublicAccessBlock: applied } = status;
  // As long as another AWSAccount declares the same, what the operator wrote is still wanted; the last one to leave it
  // removes it.
  if (applied !== undefined && deciding === undefined) await release(client, context, applied);
  delete status.publicAccessBlock;
}

/**
 * Throws an OutcomeError where the spec declares something else than the AWSAccount that decides; what that one overwrites is no
 * longer this one's.
 */
function yieldTo({ metadata, spec }: AWSAccount, { object, status }: Context): void {
  const { publicAccessBlock: decided } = spec;
  const { publicAccessBlock: desired } = object.spec;
  const { appliedPublicAccessBlock: applied } = status;
  if (decided === undefined) return;
  if (applied !== undefined && differences(applied, decided) !== "") delete status.appliedPublicAccessBlock;
  const conflict = desired === undefined ? "" : differences(desired, decided);
  if (conflict === "") return;
  delete status.publicAccessBlock;
  throw stalled(
    REASON.publicAccessBlockConflict,
    `AWSAccount '${metadata.name}' is older, has the same accountId, and declares another spec.publicAccessBlock, ` +
      `which counts (${conflict}): remove spec.publicAccessBlock from one of the two, or declare the same in both`,
  );
}

async function enforce(client: AccountClient, context: Context, desired: Switches): Promise<void> {
  const { status } = context;
  const { publicAccessBlock: last, appliedPublicAccessBlock: appliedBefore } = status;
  const before = await observe(client);
  status.publicAccessBlock = switchesOf(before);
  const changes = differences(desired, status.publicAccessBlock);
  if (changes === "") return;

  const drifted = last !== undefined && differences(desired, last) === "";
  if (drifted) announce(context, "Warning", REASON.driftDetected, `Changed at AWS: ${changes}`);
  // On record before it is done, so that it is known to be ours whatever happens next.
  status.appliedPublicAccessBlock = desired;
  await context.progress(drifted ? REASON.driftDetected : REASON.applying, `Applying publicAccessBlock: ${changes}`);
  await put(client, desired, before).catch((error: unknown) => {
    if (awsErrorKind(error) === "AccessDenied") restoreRecord(context, appliedBefore);
    if (isOrganizations(error)) throw managedByOrganization(changes);
    return failWith(WRITE, "*")(error);
  });

  status.publicAccessBlock = switchesOf(await observe(client));
  const left = differences(desired, status.publicAccessBlock);
  if (left !== "")
    throw again(REASON.settling, `Waiting until AWS shows what was written: ${left}`, SETTLING_RECHECK_MS);
  if (drifted) announce(context, "Normal", REASON.driftCorrected, `As declared again: ${changes}`);
}

/** Back to S3's default, which is no configuration; unless somebody has changed what the operator wrote, and it is theirs now. */
async function release(client: AccountClient, { status }: Context, applied: Switches): Promise<void> {
  const seen = await observe(client);
  if (seen !== undefined && differences(applied, switchesOf(seen)) === "") {
    await client.s3Control
      .send(new DeletePublicAccessBlockCommand(client.ref), client.options)
      // Then the account's own configuration does not count.
      .catch((error: unknown) => (isOrganizations(error) ? undefined : failWith(WRITE, "*")(error)));
  }
  delete status.appliedPublicAccessBlock;
}

/** Undefined: the account has no configuration. */
async function observe({ s3Control, ref, options }: AccountClient): Promise<Configuration | undefined> {
  const answer = await s3Control
    .send(new GetPublicAccessBlockCommand(ref), options)
    .catch((error: unknown) => (isAbsent(error) ? undefined : failWith(READ, "*")(error)));
  return answer?.PublicAccessBlockConfiguration;
}

/** A switch that S3 does not mention is off; so are all four of an account without a configuration. */
function switchesOf(seen: Configuration | undefined): Switches {
  return {
    blockPublicAcls: seen?.BlockPublicAcls ?? false,
    ignorePublicAcls: seen?.IgnorePublicAcls ?? false,
    blockPublicPolicy: seen?.BlockPublicPolicy ?? false,
    restrictPublicBuckets: seen?.RestrictPublicBuckets ?? false,
  };
}

/** All four, since a Put turns off each one that it leaves out, and whatever else the configuration had `before`. */
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

/** "blockPublicAcls is false, not true"; "" where they are equal. */
function differences(desired: Switches, observed: Switches): string {
  const names = Object.keys(desired) as (keyof Switches)[];
  return names
    .filter((name) => desired[name] !== observed[name])
    .sort()
    .map((name) => `${name} is ${observed[name]}, not ${desired[name]}`)
    .join(", ");
}

/** A refused write is not ours. */
function restoreRecord({ status }: Context, before: Switches | undefined): void {
  delete status.appliedPublicAccessBlock;
  if (before !== undefined) status.appliedPublicAccessBlock = before;
}

/** An S3 policy or a service control policy: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_s3.html */
function isOrganizations(error: unknown): boolean {
  if (awsErrorKind(error) !== "AccessDenied") return false;
  return /organization|service control policy/i.test(parseDenial((error as Error).message).because ?? "");
}

function managedByOrganization(changes: string): Error {
  const message =
    `The AWS organization decides on Block Public Access of the account, and does not let it be changed (${changes}): ` +
    "remove spec.publicAccessBlock, or have the organization's policy changed";
  return stalled(REASON.managedByOrganization, message, ORGANIZATION_RECHECK_MS);
}

function announce({ event }: Context, type: "Normal" | "Warning", reason: Reason, what: string): void {
  event({ type, reason, action: type === "Normal" ? "Update" : "Observe", note: `publicAccessBlock. ${what}` });
}
