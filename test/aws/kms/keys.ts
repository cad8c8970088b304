/** CreateKey, DescribeKey and ListKeys: https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html */

import type { Key } from "../state.ts";
import { callerAccount, findKey, newKey } from "./find-key.ts";
import { storedKeyPolicy } from "./key-policy-document.ts";
import { PAGE_PARAMETERS, pageOf } from "./page.ts";
import { text, type KmsAction } from "./route.ts";
import { tagsOf } from "./tags.ts";

export const keyActions: KmsAction[] = [
  {
    operation: "CreateKey",
    write: true,
    parameters: ["Description", "Tags", "Policy", "BypassPolicyLockoutSafetyCheck"],
    furtherActions: (input) => (input["Tags"] === undefined ? [] : ["kms:TagResource"]),
    handle: (input, context) => {
      const tags = tagsOf(input["Tags"]);
      const bypassLockoutCheck = input["BypassPolicyLockoutSafetyCheck"] === true;
      const policy = text(input, "Policy");
      const stored = policy === "" ? undefined : storedKeyPolicy(policy, bypassLockoutCheck, context);
      const key = newKey(callerAccount(context), context, "CUSTOMER");
      Object.assign(key, { description: text(input, "Description"), tags, policy: stored ?? key.policy });
      return { KeyMetadata: metadata(key) };
    },
  },
  {
    operation: "ListKeys",
    write: false,
    parameters: PAGE_PARAMETERS,
    handle: (input, context) => {
      const keys = [...callerAccount(context).keys.values()].filter(({ region }) => region === context.region);
      const { items, rest } = pageOf(
        keys.map((key) => [key.id, key]),
        input,
        { usual: 100, most: 1000 },
      );
      return { Keys: items.map(({ id, arn }) => ({ KeyId: id, KeyArn: arn })), ...rest };
    },
  },
  {
    operation: "DescribeKey",
    write: false,
    parameters: ["KeyId"],
    handle: (input, context) => ({ KeyMetadata: metadata(findKey(text(input, "KeyId"), context)) }),
  },
];

/** KeyMetadata, with times in seconds. */
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
