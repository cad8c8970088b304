import { CancelKeyDeletionCommand, EnableKeyCommand, type KeyMetadata } from "@aws-sdk/client-kms";
import type { ManagedKey } from "../../api/types.ts";
import { parseArn } from "../../aws/arn.ts";
import { failWith } from "../../reconcile/aws-failure.ts";
import type { Owner } from "../../api/ownership.ts";
import type { Change } from "../../reconcile/change.ts";
import { createKey, keepOne, nameKey, refuseForeignKey } from "./create.ts";
import { describeKey } from "./describe.ts";
import { findOwnKey, findOwnKeys } from "./find.ts";
import { type KeyClient, keyArnOf } from "./key-client.ts";
import { DEFAULT_ROTATION_DAYS, enableRotation, rotationOf } from "./rotation.ts";

/** A key that the operator makes for one S3Bucket, and what is known of it from before. */
export interface ManagedKeyRequest {
  spec: ManagedKey;
  owner: Owner;
  /** ARN of the key that the bucket had so far. */
  known: string | undefined;
  /** An earlier reconcile set out to make these changes, and did not see the end of them. */
  workBegun: boolean;
  /** Puts on record what is about to be changed; resolves when that is safe in status. */
  beginWork(changes: readonly Change[]): Promise<void>;
  /** Nothing may be written. */
  observe: boolean;
}

/** What one look at KMS brought. */
interface Sight {
  alias: string;
  /** The key with that alias; where nobody has it, ours that lack it, usually none. */
  keys: readonly KeyMetadata[];
  isNamed: boolean;
  /** Days between two rotations of the key. */
  rotation: number | undefined;
}

/** Aliases are of letters, digits and "/_-": a name's dots become underscores, which Kubernetes names do not have. */
export function managedAlias({ alias }: ManagedKey, { cluster, namespace, name }: Owner): string {
  return alias ?? `alias/s3-operator/${cluster}/${namespace}/${name.replaceAll(".", "_")}`;
}

/**
 * The managed key, made if need be, and what there was to change about it. It is found by its alias, and if that was never given, by its tags:
 * CreateKey is not idempotent, so that the intent goes on record first, and after a try of unknown outcome all keys are searched.
 * `key` is undefined if there is none and nothing may be written.
 */
export async function ensureManagedKey(
  client: KeyClient,
  request: ManagedKeyRequest,
): Promise<{ key: KeyMetadata | undefined; changes: Change[] }> {
  const sight = await look(client, request);
  const changes = changesOf(sight, request);
  if (changes.length === 0 || request.observe) return { key: sight.keys[0], changes };
  await request.beginWork(changes);
  const key = await change(client, request, sight);
  const rotation = wantedRotation(request.spec);
  if (key.KeyState === "Enabled" && sight.rotation !== rotation) await enableRotation(client, key, rotation);
  return { key, changes };
}

async function look(client: KeyClient, request: ManagedKeyRequest): Promise<Sight> {
  const { spec, owner } = request;
  const alias = managedAlias(spec, owner);
  const named = await describeKey(client, alias);
  if (named !== undefined) await refuseForeignKey(client, alias, named, owner);
  const keys = named === undefined ? await unnamedKeys(client, request) : [named];
  const [key] = keys;
  const rotation = key?.KeyState === "Enabled" ? await rotationOf(client, key) : undefined;
  return { alias, keys, isNamed: named !== undefined, rotation };
}

/** A key that has lost its alias, or those that never got it. */
async function unnamedKeys(client: KeyClient, { owner, known, workBegun }: ManagedKeyRequest): Promise<KeyMetadata[]> {
  const { accountId, region } = (known !== undefined && parseArn(known)) || {};
  if (known !== undefined && accountId === client.accountId && region === client.region) {
    const key = await findOwnKey(client, known, owner);
    if (key !== undefined) return [key];
  }
  return workBegun ? findOwnKeys(client, owner) : [];
}

/** Pure. A key that somebody else disabled, or is about to delete, is left alone. */
function changesOf({ alias, keys: [key], isNamed, rotation }: Sight, request: ManagedKeyRequest): Change[] {
  const changed = (path: string, desired: string, actual: string): Change => {
    return { path: `kmsKey.managed${path}`, desired, actual };
  };
  if (key === undefined) return [changed(".alias", alias, "")];
  if (isRetired(key, request)) return [changed("", "Enabled", key.KeyState ?? "")];
  if (key.KeyState !== "Enabled") return [];
  const wanted = wantedRotation(request.spec);
  return [
    ...(isNamed ? [] : [changed(".alias", alias, "")]),
    ...(rotation === wanted ? [] : [changed(".rotationPeriodInDays", `${wanted}`, `${rotation ?? ""}`)]),
  ];
}

/**
 * By us: we scheduled its deletion, or cancelled that and did not come to enabling it. The deletion of a key that this very object has been
 * using was scheduled by a person, who had a reason.
 */
function isRetired({ Arn, KeyState }: KeyMetadata, { known, workBegun }: ManagedKeyRequest): boolean {
  return Arn !== known && (KeyState === "PendingDeletion" || (KeyState === "Disabled" && workBegun));
}

async function change(client: KeyClient, request: ManagedKeyRequest, sight: Sight): Promise<KeyMetadata> {
  const { owner } = request;
  const [first, ...others] = sight.keys;
  const key = first === undefined ? await createKey(client, owner) : await keepOne(client, first, others);
  const live = isRetired(key, request) ? await revive(client, key) : key;
  // The alias goes last: as long as it is missing, the next reconcile looks for what was left over.
  return sight.isNamed ? live : nameKey(client, sight.alias, live, owner);
}

/** The manifest is back, and with it the wish for the key. https://docs.aws.amazon.com/kms/latest/APIReference/API_CancelKeyDeletion.html leaves it disabled. */
async function revive(client: KeyClient, key: KeyMetadata): Promise<KeyMetadata> {
  const { kms, options } = client;
  const { KeyId = "", KeyState } = key;
  const arn = keyArnOf(client, KeyId);
  if (KeyState === "PendingDeletion") {
    await kms.send(new CancelKeyDeletionCommand({ KeyId }), options).catch(failWith("kms:CancelKeyDeletion", arn));
  }
  await kms.send(new EnableKeyCommand({ KeyId }), options).catch(failWith("kms:EnableKey", arn));
  return { ...key, KeyState: "Enabled" };
}

function wantedRotation({ rotationPeriodInDays = DEFAULT_ROTATION_DAYS }: ManagedKey): number {
  return rotationPeriodInDays;
}
