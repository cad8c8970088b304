/** Resolves a KeyId: https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id */

import { randomUUID } from "node:crypto";
import { AwsError } from "../errors.ts";
import type { Account, Key } from "../state.ts";
import { accountOf } from "../world.ts";
import { defaultKeyPolicy, s3KeyPolicy } from "./key-policy-document.ts";
import type { KmsContext } from "./route.ts";

const ARN = /^arn:aws:kms:([a-z0-9-]+):(\d{12}):(key|alias)\/(.+)$/;
const S3_ALIAS = "alias/aws/s3";

/**
 * Finds a key by key ID, key ARN, alias name or alias ARN. Throws NotFoundException, or AccessDeniedException for
 * another account's key that is not shared.
 */
export function findKey(keyId: string, context: KmsContext): Key {
  const [, region = context.region, accountId = context.caller.accountId, kind, rest = ""] = ARN.exec(keyId) ?? [];
  if (region !== context.region) throw notFound(`Invalid arn ${region}`);
  const name = kind === undefined ? keyId : kind === "alias" ? `alias/${rest}` : rest;
  const account = context.world.accounts.get(accountId);
  const id = name.startsWith("alias/") ? account?.aliases.get(`${region}/${name}`) : name;
  const key = account?.keys.get(keyArn(region, accountId, id ?? ""));
  if (key === undefined && account !== undefined && name === S3_ALIAS) return newKey(account, context, "AWS");
  const isOpen = accountId === context.caller.accountId || key?.sharedWith.has(context.caller.accountId) === true;
  // While policies are evaluated, the key policy decides instead.
  if (!isOpen && (key === undefined || !context.world.evaluatePolicies)) {
    throw new AwsError(
      400,
      "AccessDeniedException",
      `User: ${context.caller.arn} is not authorized to access this resource`,
    );
  }
  if (key === undefined) throw notFound(notFoundMessage(name, keyId));
  return key;
}

/** Creates a key in this account. The key of alias/aws/s3 is created on first use, as at AWS. */
export function newKey(account: Account, { world, region }: KmsContext, manager: Key["manager"]): Key {
  const id = randomUUID();
  const key: Key = {
    id,
    arn: keyArn(region, account.id, id),
    accountId: account.id,
    region,
    description: "",
    manager,
    state: "Enabled",
    creationDate: world.now(),
    deletionDate: undefined,
    tags: new Map(),
    policy: manager === "AWS" ? s3KeyPolicy(account.id, region) : defaultKeyPolicy(account.id),
    rotationPeriodInDays: undefined,
    sharedWith: new Set(),
  };
  account.keys.set(key.arn, key);
  if (manager === "AWS") account.aliases.set(`${region}/${S3_ALIAS}`, id);
  return key;
}

export function callerAccount({ world, caller }: KmsContext): Account {
  return accountOf(world, caller.accountId);
}

export function notFound(message: string): AwsError {
  return new AwsError(400, "NotFoundException", message);
}

function keyArn(region: string, accountId: string, id: string): string {
  return `arn:aws:kms:${region}:${accountId}:key/${id}`;
}

function notFoundMessage(name: string, keyId: string): string {
  return name.startsWith("alias/") ? `Alias ${keyId} is not found.` : `Key '${keyId}' does not exist`;
}
