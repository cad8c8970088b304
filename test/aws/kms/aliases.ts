/** Aliases, unique per account and region: https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html */

import { AwsError } from "../errors.ts";
import { callerAccount, findKey, notFound } from "./find-key.ts";
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
      aliases.set(entry, findKey(text(input, "TargetKeyId"), context).id);
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
      aliases.set(entry, findKey(text(input, "TargetKeyId"), context).id);
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
    parameters: ["KeyId"],
    handle: (input, context) => {
      const wanted = input["KeyId"] === undefined ? undefined : findKey(text(input, "KeyId"), context).id;
      const inRegion = [...callerAccount(context).aliases].filter(([entry]) => entry.startsWith(`${context.region}/`));
      const Aliases = inRegion
        .map(([entry, id]) => ({ name: entry.slice(context.region.length + 1), id }))
        .filter(({ id }) => wanted === undefined || id === wanted)
        .map(({ name, id }) => ({ AliasName: name, AliasArn: aliasArn(name, context), TargetKeyId: id }));
      return { Aliases, Truncated: false };
    },
  },
];

/** Throws for a name that is not an alias's, or AWS's own. */
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
