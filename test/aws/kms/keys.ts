/** CreateKey and DescribeKey: https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html */

import type { Key } from "../state.ts";
import { callerAccount, findKey, newKey } from "./find-key.ts";
import { text, type KmsAction } from "./route.ts";

export const keyActions: KmsAction[] = [
  {
    operation: "CreateKey",
    write: true,
    parameters: ["Description", "Tags"],
    furtherActions: (input) => (input["Tags"] === undefined ? [] : ["kms:TagResource"]),
    handle: (input, context) => {
      const key = newKey(callerAccount(context), context, "CUSTOMER");
      key.description = text(input, "Description");
      key.tags = tagsOf(input["Tags"]);
      return { KeyMetadata: metadata(key) };
    },
  },
  {
    operation: "DescribeKey",
    write: false,
    parameters: ["KeyId"],
    handle: (input, context) => ({ KeyMetadata: metadata(findKey(text(input, "KeyId"), context)) }),
  },
];

/** Times are seconds. */
function metadata(key: Key): object {
  return {
    AWSAccountId: key.accountId,
    KeyId: key.id,
    Arn: key.arn,
    CreationDate: key.creationDate / 1000,
    Enabled: key.state === "Enabled",
    Description: key.description,
    KeyUsage: "ENCRYPT_DECRYPT",
    KeyState: key.state,
    ...(key.deletionDate !== undefined && { DeletionDate: key.deletionDate / 1000 }),
    Origin: "AWS_KMS",
    KeyManager: key.manager,
    CustomerMasterKeySpec: "SYMMETRIC_DEFAULT",
    KeySpec: "SYMMETRIC_DEFAULT",
    EncryptionAlgorithms: ["SYMMETRIC_DEFAULT"],
    MultiRegion: false,
  };
}

function tagsOf(tags: unknown): Map<string, string> {
  const list = Array.isArray(tags) ? (tags as { TagKey: string; TagValue: string }[]) : [];
  return new Map(list.map(({ TagKey, TagValue }) => [TagKey, TagValue]));
}
