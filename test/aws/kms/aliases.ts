/** Aliases are unique per account and region: https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html */

import { AwsError } from "../errors.ts";
import type { Key } from "../state.ts";
import { callerAccount, findKey, notFound } from "./find-key.ts";
import { refusePending } from "./key-states.ts";
import { PAGE_PARAMETERS, pageOf } from "./page.ts";
import { text, type KmsAction, type KmsContext, type KmsInput } from "./route.ts";

export const aliasActions: KmsAction[] = [
  {
    operation: "CreateAlias",
    write: true,
    parameters: ["AliasName", "TargetKeyId"],
    handle: (input, context) => {
      const { name, aliases, entry } = aliasOf(input, context);
      if (aliases.has(entry)) {
        const arn = aliasArn(name, context);
        throw new AwsError(400, "AlreadyExistsException", `An alias with the name ${arn} already exists`);
      }
      aliases.set(entry, targetOf(input, context).id);
      return {};
    },
  },
  {
    operation: "UpdateAlias",
    write: true,
    parameters: ["AliasName", "TargetKeyId"],
    handle: (input, context) => {
      const { name, aliases, entry } = aliasOf(input, context);
      if (!aliases.has(entry)) throw notFound(`Alias ${aliasArn(name, context)} is not found.`);
      aliases.set(entry, targetOf(input, context).id);
      return {};
    },
  },
  {
    operation: "DeleteAlias",
    write: true,
    parameters: ["AliasName"],
    handle: (input, context) => {
      const { name, aliases, entry } = aliasOf(input, context);
      if (!aliases.delete(entry)) throw notFound(`Alias ${aliasArn(name, context)} is not found.`);
      return {};
    },
  },
  {
    operation: "ListAliases",
    write: false,
    parameters: ["KeyId", ...PAGE_PARAMETERS],
    handle: (input, context) => {
      const wanted = input["KeyId"] === undefined ? undefined : findKey(text(input, "KeyId"), context).id;
      const inRegion = [...callerAccount(context).aliases].filter(([entry]) => entry.startsWith(`${context.region}/`));
      const aliases = inRegion
        .map(([entry, id]): [string, { name: string; id: string }] => {
          const name = entry.slice(context.region.length + 1);
          return [name, { name, id }];
        })
        .filter(([, { id }]) => wanted === undefined || id === wanted);
      const { items, rest } = pageOf(aliases, input, { usual: 50, most: 100 });
      const shown = ({ name, id }: { name: string; id: string }) => ({
        AliasName: name,
        AliasArn: aliasArn(name, context),
        TargetKeyId: id,
      });
      return { Aliases: items.map(shown), ...rest };
    },
  },
];

/** The key that the alias shall refer to. */
function targetOf(input: KmsInput, context: KmsContext): Key {
  const key = findKey(text(input, "TargetKeyId"), context);
  refusePending(key);
  return key;
}

/** Throws for invalid alias names, and for reserved names of AWS. */
function aliasOf(input: KmsInput, context: KmsContext) {
  const name = text(input, "AliasName");
  if (!/^alias\/[\w/-]{1,250}$/.test(name)) {
    throw new AwsError(400, "ValidationException", `'${name}' at 'aliasName' failed to satisfy constraint`);
  }
  if (name.startsWith("alias/aws/")) throw new AwsError(400, "NotAuthorizedException", "");
  return { name, aliases: callerAccount(context).aliases, entry: `${context.region}/${name}` };
}

function aliasArn(name: string, { region, caller }: KmsContext): string {
  return `arn:aws:kms:${region}:${caller.accountId}:${name}`;
}
