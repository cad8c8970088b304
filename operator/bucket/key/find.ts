import { ListKeysCommand, ListResourceTagsCommand, type KeyMetadata } from "@aws-sdk/client-kms";
import { ownershipOf, type Owner } from "../../api/ownership.ts";
import { keyArnOf } from "../../aws/arn.ts";
import { parseDenial } from "../../aws/denial.ts";
import { awsErrorKind } from "../../aws/errors.ts";
import { throwFailure } from "../../reconcile/aws-failure.ts";
import { describeKey } from "./describe.ts";
import type { KeyClient } from "./key-client.ts";

/** Concurrent lookups. An account may have thousands of keys. */
const AT_ONCE = 5;

/** Whether the key's tags name this owner. */
export async function isOwnKey(client: KeyClient, keyId: string, owner: Owner): Promise<boolean> {
  return readOwnership(client, keyId, owner).catch(throwFailure("kms:ListResourceTags", keyArnOf(client, keyId)));
}

/**
 * The key if it belongs to this owner. A key whose own policy denies reading its tags was not created by the operator.
 * Any other denial throws, so that the operator does not create a second key.
 */
export async function findOwnKey(client: KeyClient, keyId: string, owner: Owner): Promise<KeyMetadata | undefined> {
  try {
    if (!(await readOwnership(client, keyId, owner))) return undefined;
  } catch (error) {
    if (awsErrorKind(error) === "NotFound" || isKeyPolicyDenial(error)) return undefined;
    return throwFailure("kms:ListResourceTags", keyArnOf(client, keyId))(error);
  }
  return describeKey(client, keyId);
}

/** A key has at most 50 tags: https://docs.aws.amazon.com/kms/latest/APIReference/API_ListResourceTags.html */
async function readOwnership({ kms, options }: KeyClient, keyId: string, owner: Owner): Promise<boolean> {
  const { Tags = [] } = await kms.send(new ListResourceTagsCommand({ KeyId: keyId, Limit: 50 }), options);
  const tags = Object.fromEntries(Tags.map(({ TagKey = "", TagValue = "" }) => [TagKey, TagValue]));
  return ownershipOf(tags, owner) === "Ours";
}

/** Denied by the key policy, which AWS calls a resource-based policy. */
function isKeyPolicyDenial(error: unknown): boolean {
  if (!(error instanceof Error) || awsErrorKind(error) !== "AccessDenied") return false;
  return /\bresource-based polic/.test(parseDenial(error.message).because ?? "");
}

/** All keys of this owner not pending deletion. Reads the tags of every key, because KMS cannot search by tag. */
export async function findOwnKeys(client: KeyClient, owner: Owner): Promise<KeyMetadata[]> {
  const ids = await listKeys(client);
  const own: KeyMetadata[] = [];
  const worker = async () => {
    for (let id = ids.pop(); id !== undefined; id = ids.pop()) {
      const key = await findOwnKey(client, id, owner);
      if (key !== undefined && key.KeyState !== "PendingDeletion") own.push(key);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return own;
}

async function listKeys({ kms, options }: KeyClient): Promise<string[]> {
  const ids: string[] = [];
  let Marker: string | undefined;
  do {
    const command = new ListKeysCommand({ Limit: 1_000, Marker });
    const page = await kms.send(command, options).catch(throwFailure("kms:ListKeys", "*"));
    ids.push(...(page.Keys ?? []).flatMap(({ KeyId }) => KeyId ?? []));
    Marker = page.NextMarker;
  } while (Marker !== undefined);
  return ids;
}
