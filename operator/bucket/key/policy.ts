import { GetKeyPolicyCommand, PutKeyPolicyCommand } from "@aws-sdk/client-kms";
import { parsePolicy, type PolicyDocument } from "../../aws/policy/document.ts";
import { throwFailure } from "../../reconcile/aws-failure.ts";
import type { KeyClient } from "./key-client.ts";

/** https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html */
export const MAX_KEY_POLICY_BYTES = 32_768;

/** KMS has no other name for it. */
const POLICY = { PolicyName: "default" };

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html */
export async function readKeyPolicy({ kms, options }: KeyClient, keyArn: string): Promise<PolicyDocument> {
  const command = new GetKeyPolicyCommand({ KeyId: keyArn, ...POLICY });
  return parsePolicy((await kms.send(command, options).catch(throwFailure("kms:GetKeyPolicy", keyArn))).Policy);
}

/**
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html
 * @throws the error of AWS
 */
export async function writeKeyPolicy(
  { kms, options }: KeyClient,
  keyArn: string,
  document: PolicyDocument,
): Promise<void> {
  await kms.send(new PutKeyPolicyCommand({ KeyId: keyArn, ...POLICY, Policy: JSON.stringify(document) }), options);
}
