/** Validates and stores key policies: https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html */

import { AwsError } from "../errors.ts";
import {
  isObject,
  listOf,
  mapAwsPrincipals,
  parseJsonObject,
  shownPolicy,
  statementsOf,
  type Json,
} from "../policy-json.ts";
import { storedAwsPrincipal } from "../s3/policy-principals.ts";
import type { World } from "../state.ts";
import type { KmsContext } from "./route.ts";

const MAX_BYTES = 32 * 1024;

/** The policy of a key that is created without one: the IAM policies of the account decide. */
export function defaultKeyPolicy(accountId: string): string {
  const root = { AWS: `arn:aws:iam::${accountId}:root` };
  const statement = {
    Sid: "Enable IAM User Permissions",
    Effect: "Allow",
    Principal: root,
    Action: "kms:*",
    Resource: "*",
  };
  return JSON.stringify({ Version: "2012-10-17", Id: "key-default-1", Statement: [statement] });
}

/** The policy of the key of alias/aws/s3: all principals of the account may use it through S3. */
export function s3KeyPolicy(accountId: string, region: string): string {
  const use = {
    Sid: "Allow access through S3 for all principals in the account that are authorized to use S3",
    Effect: "Allow",
    Principal: { AWS: "*" },
    Action: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
    Resource: "*",
    Condition: {
      StringEquals: { "kms:CallerAccount": accountId, "kms:ViaService": `s3.${region}.amazonaws.com` },
    },
  };
  const look = {
    Sid: "Allow direct access to key metadata to the account",
    Effect: "Allow",
    Principal: { AWS: `arn:aws:iam::${accountId}:root` },
    Action: ["kms:Describe*", "kms:Get*", "kms:List*"],
    Resource: "*",
  };
  return JSON.stringify({ Version: "2012-10-17", Id: "auto-s3-2", Statement: [use, look] });
}

/**
 * The key policy in the form that KMS stores, with roles as unique IDs. Throws if it is not a policy, is too long,
 * names a principal that does not exist, or locks out the caller.
 */
export function storedKeyPolicy(policy: string, bypassLockoutCheck: boolean, context: KmsContext): string {
  if (Buffer.byteLength(policy) > MAX_BYTES) {
    throw new AwsError(400, "LimitExceededException", `The key policy exceeds ${MAX_BYTES} bytes.`);
  }
  const document = parsed(policy);
  if (!bypassLockoutCheck && !statementsOf(document).some((each) => letsPutKeyPolicy(each, context))) {
    throw malformed("The new key policy will not allow you to update the key policy in the future.");
  }
  return JSON.stringify(mapAwsPrincipals(document, (id) => existingPrincipal(context.world, id)));
}

/** The key policy in the form that KMS returns: unique IDs become ARNs again, unless the role is deleted. */
export function shownKeyPolicy(policy: string, { world }: KmsContext): string {
  return JSON.stringify(shownPolicy(world, policy), undefined, 2);
}

/** Parses the policy. Every statement must have an effect and a principal. */
function parsed(policy: string): Json {
  const document = parseJsonObject(policy);
  const isComplete = ({ Effect, Principal }: Json) =>
    (Effect === "Allow" || Effect === "Deny") && (Principal === "*" || isObject(Principal));
  const statements = document === undefined ? [] : statementsOf(document);
  if (document === undefined || statements.length === 0 || !statements.every(isComplete)) {
    throw malformed("The key policy is not valid.");
  }
  return document;
}

/** Whether the statement lets the caller, or the whole account, change the policy again. */
function letsPutKeyPolicy({ Effect, Principal, Action, Condition }: Json, { caller }: KmsContext): boolean {
  const root = `arn:aws:iam::${caller.accountId}:root`;
  const role = /^arn:aws:sts::(\d{12}):assumed-role\/([^/]+)\//.exec(caller.arn);
  const names = new Set<unknown>([
    "*",
    root,
    caller.accountId,
    caller.arn,
    role && `arn:aws:iam::${role[1]}:role/${role[2]}`,
  ]);
  const principals = isObject(Principal) ? listOf(Principal["AWS"]) : [Principal];
  const actions = listOf(Action).map((action) => String(action).toLowerCase());
  return (
    Effect === "Allow" &&
    Condition === undefined &&
    principals.some((principal) => names.has(principal)) &&
    actions.some((action) => ["*", "kms:*", "kms:put*", "kms:putkeypolicy"].includes(action))
  );
}

function existingPrincipal(world: World, id: string): string {
  try {
    return storedAwsPrincipal(world, id);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw malformed("Policy contains a statement with one or more invalid principals.");
  }
}

function malformed(message: string): AwsError {
  return new AwsError(400, "MalformedPolicyDocumentException", message);
}
