/**
 * Permissions that a KMS request needs.
 * https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html
 */

import { AwsError } from "../errors.ts";
import { shownPolicy, type Json } from "../policy-json.ts";
import type { Access } from "../policy/access.ts";
import type { Key } from "../state.ts";
import { findKey } from "./find-key.ts";
import { defaultKeyPolicy } from "./key-policy-document.ts";
import type { KmsContext, KmsInput } from "./route.ts";

/** Empty for a missing key: the operation answers that itself. */
export function kmsAccesses(actions: string[], input: KmsInput, context: KmsContext): Access[] {
  const owner = context.caller.accountId;
  const keys = [input["KeyId"], input["TargetKeyId"]].flatMap((id) => keyOf(id, context));
  const alias = input["AliasName"];
  const ofAlias = typeof alias === "string" ? [`arn:aws:kms:${context.region}:${owner}:${alias}`] : [];
  const isAboutAKey = input["KeyId"] !== undefined || input["TargetKeyId"] !== undefined;
  return actions.flatMap((action) => [
    ...ofAlias.map((resource) => ({ action, resource, owner })),
    ...keys.map((key) => keyAccess(action, key, context)),
    ...(isAboutAKey || ofAlias.length > 0 ? [] : [onTheAccount(action, context)]),
  ]);
}

function keyAccess(action: string, { arn, accountId, policy, tags }: Key, { world, caller }: KmsContext): Access {
  const resourceTags = Object.fromEntries([...tags].map(([key, value]) => [`aws:ResourceTag/${key}`, value]));
  const requestContext = { "kms:CallerAccount": caller.accountId, ...resourceTags };
  return { action, resource: arn, owner: accountId, policy: shownPolicy(world, policy), context: requestContext };
}

/** Tags at creation concern a key that has no ARN yet. Its policy lets the account decide. */
function onTheAccount(action: string, { region, caller }: KmsContext): Access {
  const owner = caller.accountId;
  const requestContext = { "kms:CallerAccount": owner };
  if (action !== "kms:TagResource") return { action, resource: "*", owner, context: requestContext };
  const policy = JSON.parse(defaultKeyPolicy(owner)) as Json;
  return { action, resource: `arn:aws:kms:${region}:${owner}:key/new`, owner, policy, context: requestContext };
}

function keyOf(keyId: unknown, context: KmsContext): Key[] {
  if (typeof keyId !== "string") return [];
  try {
    return [findKey(keyId, context)];
  } catch (error) {
    if (error instanceof AwsError) return [];
    throw error;
  }
}
