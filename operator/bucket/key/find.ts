import { ListKeysCommand, ListResourceTagsCommand } from "@aws-sdk/client-kms";
import { awsErrorKind } from "../../aws/errors.ts";
import { type Owner, ownershipOf, type Tags } from "../ownership.ts";
import { describeKey } from "./describe.ts";
import type { KeyClient } from "./key-client.ts";

/** Lookups under way at once, in an account that may have thousands of keys. */
const AT_ONCE = 5;

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_ListResourceTags.html: at most 50 tags, which fit on one page. */
export async function keyTags({ kms, options }: KeyClient, keyId: string): Promise<Tags> {
  const { Tags } = await kms.send(new ListResourceTagsCommand({ KeyId: keyId, Limit: 50 }), options);
  return Object.fromEntries((Tags ?? []).map(({ TagKey, TagValue }) => [TagKey ?? "", TagValue ?? ""]));
}

/**
 * The ids of all live keys that carry this owner's tags. KMS cannot search by tag, so that this looks at every key of the account and region:
 * only for an owner whose key may have been made without anybody hearing of it.
 */
export async function findOwnedKeys(client: KeyClient, owner: Owner): Promise<string[]> {
  const ids = await listKeys(client);
  const owned: string[] = [];
  const worker = async () => {
    for (let id = ids.pop(); id !== undefined; id = ids.pop()) if (await isOwned(client, id, owner)) owned.push(id);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return owned.sort();
}

async function listKeys({ kms, options }: KeyClient): Promise<string[]> {
  const ids: string[] = [];
  let Marker: string | undefined;
  do {
    const page = await kms.send(new ListKeysCommand({ Limit: 1_000, Marker }), options);
    ids.push(...(page.Keys ?? []).flatMap(({ KeyId }) => KeyId ?? []));
    Marker = page.NextMarker;
  } while (Marker !== undefined);
  return ids;
}

/** A key whose policy does not let us read its tags is not one that we made. */
async function isOwned(client: KeyClient, id: string, owner: Owner): Promise<boolean> {
  try {
    if (ownershipOf(await keyTags(client, id), owner) !== "Ours") return false;
    return (await describeKey(client, id))?.KeyState !== "PendingDeletion";
  } catch (error) {
    if (["AccessDenied", "NotFound"].includes(awsErrorKind(error) ?? "")) return false;
    throw error;
  }
}
