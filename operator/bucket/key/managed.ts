import { CancelKeyDeletionCommand, EnableKeyCommand, type KeyMetadata } from "@aws-sdk/client-kms";
import type { Owner } from "../../api/ownership.ts";
import type { ManagedKey } from "../../api/types.ts";
import { keyArnOf, parseArn } from "../../aws/arn.ts";
import { throwFailure } from "../../reconcile/aws-failure.ts";
import type { Change } from "../../reconcile/change.ts";
import type { History } from "../../reconcile/history.ts";
import type { Part, PartResult } from "../../reconcile/part.ts";
import { createKey, keepOne, nameKey, refuseForeignKey } from "./create.ts";
import { describeKey } from "./describe.ts";
import { findOwnKey, findOwnKeys } from "./find.ts";
import type { KeyClient } from "./key-client.ts";
import { DEFAULT_ROTATION_DAYS, keepRotation, rotationOf, rotationPart } from "./rotation.ts";

/** A key that the operator creates for one S3Bucket, and its record in status. */
export interface ManagedKeyRequest {
  spec: ManagedKey;
  owner: Owner;
  /** ARN of the bucket's key in status. */
  known: string | undefined;
  /** An earlier reconcile began changes and did not complete them. */
  workBegun: boolean;
  /** Of the S3Bucket. */
  uid: string;
  history: History;
  /** Records the planned changes; resolves once status is written. */
  beginWork(changes: readonly Change[]): Promise<void>;
  /** With `mode: Observe`: writes nothing. */
  observe: boolean;
}

/** What one read of KMS found. */
interface KeyObservation {
  alias: string;
  /** The key with that alias. If no key has it: the owner's keys without an alias, usually none. */
  keys: readonly KeyMetadata[];
  isNamed: boolean;
  rotation: Part;
}

/** Aliases take no dots; "_" in their place keeps them unique, since Kubernetes names have none. */
export function managedAlias({ alias }: ManagedKey, { cluster, namespace, name }: Owner): string {
  return alias ?? `alias/s3-operator/${cluster}/${namespace}/${name.replaceAll(".", "_")}`;
}

/**
 * Creates or changes the managed key if needed. CreateKey is not idempotent, so the intent is recorded first; after an
 * attempt of unknown outcome, all keys are searched by tag. `key` is undefined if nothing may be written. `isNew`: it was
 * created now. `rotation`: unless it is as declared.
 */
export async function ensureManagedKey(client: KeyClient, request: ManagedKeyRequest): Promise<ManagedKeyOutcome> {
  const { uid, history } = request;
  const observation = await observe(client, request);
  const { keys, rotation } = observation;
  const changes = changesOf(observation, request);
  if (request.observe) return { key: keys[0], changes, isNew: false };
  const due = history.judge(uid, rotation) === "Write" ? changes : without(changes, rotation);
  if (due.length > 0) await request.beginWork(due);
  const key = due.length > 0 || keys[0] === undefined ? await change(client, request, observation) : keys[0];
  const isNew = keys.length === 0;
  if (key.KeyState !== "Enabled") return { key, changes: due, isNew };
  const result = await keepRotation(client, key, rotation, history, uid);
  return { key, changes: due, isNew, ...(result.state !== "InSync" && { rotation: result }) };
}

interface ManagedKeyOutcome {
  key: KeyMetadata | undefined;
  changes: Change[];
  isNew: boolean;
  rotation?: PartResult;
}

function without(changes: Change[], { changes: left }: Part): Change[] {
  return changes.filter(({ path }) => left.every((each) => each.path !== path));
}

async function observe(client: KeyClient, request: ManagedKeyRequest): Promise<KeyObservation> {
  const { spec, owner } = request;
  const alias = managedAlias(spec, owner);
  const named = await describeKey(client, alias);
  if (named !== undefined) await refuseForeignKey(client, alias, named, owner);
  const keys = named === undefined ? await unnamedKeys(client, request) : [named];
  const [key] = keys;
  const days = key?.KeyState === "Enabled" ? await rotationOf(client, key) : undefined;
  return { alias, keys, isNamed: named !== undefined, rotation: rotationPart(key?.KeyId, wantedRotation(spec), days) };
}

/** The recorded key if it lost its alias; otherwise keys of an incomplete creation. */
async function unnamedKeys(client: KeyClient, { owner, known, workBegun }: ManagedKeyRequest): Promise<KeyMetadata[]> {
  const { accountId, region } = (known !== undefined && parseArn(known)) || {};
  if (known !== undefined && accountId === client.accountId && region === client.region) {
    const key = await findOwnKey(client, known, owner);
    if (key !== undefined) return [key];
  }
  return workBegun ? findOwnKeys(client, owner) : [];
}

/** Pure. A key that a user disabled, or scheduled for deletion, stays so. */
function changesOf({ alias, keys: [key], isNamed, rotation }: KeyObservation, request: ManagedKeyRequest): Change[] {
  const changed = (path: string, desired: string, actual: string): Change => {
    return { path: `kmsKey.managed${path}`, desired, actual };
  };
  if (key === undefined) return [changed(".alias", alias, "")];
  if (isRetired(key, request)) return [changed("", "Enabled", key.KeyState ?? "")];
  if (key.KeyState !== "Enabled") return [];
  return [...(isNamed ? [] : [changed(".alias", alias, "")]), ...rotation.changes];
}

/** Whether the operator scheduled the deletion, and not a user, as for a key that this object still uses. */
function isRetired({ Arn, KeyState }: KeyMetadata, { known, workBegun }: ManagedKeyRequest): boolean {
  return Arn !== known && (KeyState === "PendingDeletion" || (KeyState === "Disabled" && workBegun));
}

async function change(
  client: KeyClient,
  request: ManagedKeyRequest,
  observation: KeyObservation,
): Promise<KeyMetadata> {
  const { owner } = request;
  const [first, ...others] = observation.keys;
  const key = first === undefined ? await createKey(client, owner) : await keepOne(client, first, others);
  const live = isRetired(key, request) ? await revive(client, key) : key;
  // The alias comes last: while it is missing, the next reconcile searches for keys of this attempt.
  return observation.isNamed ? live : nameKey(client, observation.alias, live, owner);
}

/**
 * For a manifest that was applied again. KMS leaves the key disabled:
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_CancelKeyDeletion.html
 */
async function revive(client: KeyClient, key: KeyMetadata): Promise<KeyMetadata> {
  const { kms, options } = client;
  const { KeyId = "", KeyState } = key;
  const arn = keyArnOf(client, KeyId);
  if (KeyState === "PendingDeletion") {
    await kms.send(new CancelKeyDeletionCommand({ KeyId }), options).catch(throwFailure("kms:CancelKeyDeletion", arn));
  }
  await kms.send(new EnableKeyCommand({ KeyId }), options).catch(throwFailure("kms:EnableKey", arn));
  return { ...key, KeyState: "Enabled" };
}

function wantedRotation({ rotationPeriodInDays = DEFAULT_ROTATION_DAYS }: ManagedKey): number {
  return rotationPeriodInDays;
}
