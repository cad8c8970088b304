/** GetKeyPolicy and PutKeyPolicy: https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html */

import { AwsError } from "../errors.ts";
import { findKey, notFound } from "./find-key.ts";
import { shownKeyPolicy, storedKeyPolicy } from "./key-policy-document.ts";
import { text, type KmsAction } from "./route.ts";

/** KMS has no other policy name. */
const POLICY_NAME = "default";

export const keyPolicyActions: KmsAction[] = [
  {
    operation: "GetKeyPolicy",
    write: false,
    parameters: ["KeyId", "PolicyName"],
    handle: (input, context) => {
      const { policy } = findKey(text(input, "KeyId"), context);
      checkName(text(input, "PolicyName"));
      return { Policy: shownKeyPolicy(policy, context), PolicyName: POLICY_NAME };
    },
  },
  {
    operation: "PutKeyPolicy",
    write: true,
    parameters: ["KeyId", "PolicyName", "Policy", "BypassPolicyLockoutSafetyCheck"],
    handle: (input, context) => {
      const key = findKey(text(input, "KeyId"), context);
      checkName(text(input, "PolicyName"));
      if (key.manager === "AWS") {
        const message = `The policy of ${key.arn} is managed by AWS.`;
        throw new AwsError(400, "UnsupportedOperationException", message);
      }
      key.policy = storedKeyPolicy(text(input, "Policy"), input["BypassPolicyLockoutSafetyCheck"] === true, context);
      return {};
    },
  },
];

function checkName(name: string): void {
  if (name !== "" && name !== POLICY_NAME) throw notFound("No such policy exists");
}
