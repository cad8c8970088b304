import { type KeyMetadata, ListKeysCommand, ListResourceTagsCommand } from "@aws-sdk/client-kms";
import { keyArnOf } from "../../aws/arn.ts";
import { awsErrorKind } from "../../aws/errors.ts";
import { parseDenial } from "../../aws/denial.ts";
import { failWith } from "../../reconcile/aws-failure.ts";
import { type Owner, ownershipOf } from "../../api/ownership.ts";
import { describeKey } from "./describe.ts";
import type { KeyClient } from "./key-client.ts";

/** Lookups under way at once, in an account that may have thousands of keys. */
const AT_ONCE = 5;

/** Whether the key's tags say that it was made for this owner. */
export async function isOwnKey(client: KeyClient, keyId: string, owner: Owner): Promise<boolean> {
  return readOwnership(client, keyId, owner).catch(failWith("kms:ListResourceTags", keyArnOf(client, keyId)));
}

/**
 * The key, if it is this owner's. One whose own policy does not let us read its tags is not one that we made; but where it is the operator
 * who lacks the right, nobody knows, and another key must not be made for want of an answer: that throws.
 */
export async function findOwnKey(client: KeyClient, keyId: string, owner: Owner): Promise<KeyMetadata | undefined> {
  try {
    if (!(await readOwnership(client, keyId, owner))) return undefined;
  } catch (error) {
    if (awsErrorKind(error) === "NotFound" || isKeyPolicyDenial(error)) return undefined;
    return failWith("kms:ListResourceTags", keyArnOf(client, keyId))(error);
  }
  return describeKey(client, keyId);
}

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_ListResourceTags.html: at most 50 tags, which fit on one page. */
async function readOwnership({ kms, options }: KeyClient, keyId: string, owner: Owner): Promise<boolean> {
  const { Tags = [] } = await kms.send(new ListResourceTagsCommand({ KeyId: keyId, Limit: 50 }), options);
  const tags = Object.fromEntries(Tags.map(({ TagKey = "", TagValue = "" }) => [TagKey, TagValue]));
  return ownershipOf(tags, owner) === "Ours";
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html: a key policy is a resource-based one. */
function isKeyPolicyDenial(error: unknown): boolean {
  if (!(error instanceof Error) || awsErrorKind(error) !== "AccessDenied") return false;
  return /\bresource-based polic/.test(parseDenial(error.message).because ?? "");
}

/**
 * All keys of this owner but those about to be deleted. KMS cannot search by tag, so that this looks at every key of the account and region:
 * only for an owner whose key may have been made without anybody hearing of it.
 */
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
    const page = await kms.send(command, options).catch(failWith("kms:ListKeys", "*"));
    ids.push(...(page.Keys ?? []).flatMap(({ KeyId }) => KeyId ?? []));
    Marker = page.NextMarker;
  } while (Marker !== undefined);
  return ids;
}
