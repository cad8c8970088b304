import { parseArn } from "../../aws/arn.ts";
import { canonicalText } from "../../aws/policy/canonical.ts";
import { asList, type PolicyDocument, type Statement } from "../../aws/policy/document.ts";
import { allowOnKeys, byKey, ENCRYPTION_CONTEXT } from "./kms.ts";
import type { AccessEncryption, EncryptionContext } from "./model.ts";

/** One key, without wildcards. */
const KEY_ARN = /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/;

/** The sets of actions in the operator's statements. */
const ACTIONS: ReadonlySet<string> = new Set(["kms:Decrypt", "kms:Decrypt,kms:GenerateDataKey"]);

/**
 * The KMS keys that a role's or session's policy grants for a bucket, with their encryption contexts, in the order of
 * the policy: in a role's policy, among keys with the same contexts, the latest first. The policy at AWS is the record
 * of a bucket's former keys. Counts only statements that the operator would write, word for word. Pure.
 */
export function keysGranted(policy: PolicyDocument | undefined, bucketArn: string): AccessEncryption[] {
  const granted = (policy?.Statement ?? []).filter(isOurs).flatMap((statement) => {
    const contexts = contextsIn(statement, bucketArn);
    return contexts.length === 0 ? [] : asList(statement.Resource).map((kmsKeyArn) => ({ kmsKeyArn, contexts }));
  });
  return byKey(granted);
}

/** Equal to the statement that the operator writes for the same keys, actions and contexts. */
function isOurs(statement: Statement): boolean {
  const [keys, actions] = [asList(statement.Resource), asList(statement.Action)];
  const region = parseArn(String(keys[0]))?.region;
  if (region === undefined || !keys.every((key) => KEY_ARN.test(key)) || !ACTIONS.has(actions.toSorted().join()))
    return false;
  return canonicalText(allowOnKeys(keys, actions, { region }, contextArnsOf(statement))) === canonicalText(statement);
}

function contextsIn(statement: Statement, bucketArn: string): EncryptionContext[] {
  const arns = contextArnsOf(statement);
  return [
    ...(arns.includes(bucketArn) ? ["Bucket" as const] : []),
    ...(arns.some((arn) => arn.startsWith(`${bucketArn}/`)) ? ["Object" as const] : []),
  ];
}

function contextArnsOf({ Condition }: Statement): string[] {
  return asList(Condition?.["StringLike"]?.[ENCRYPTION_CONTEXT]).map(String);
}
