/** Reads parameters that many IAM operations share, and checks them against the API model. */

import type { QueryContext } from "../query.ts";
import type { Account, Role } from "../state.ts";
import { accountOf } from "../world.ts";
import { noSuchEntity, validationError } from "./errors.ts";
import { partitionOf } from "./global-region.ts";

const NAME = /^[\w+=,.@-]+$/;

/** A required name. Throws ValidationError if it is too long or has invalid characters. */
export function nameParameter(parameters: URLSearchParams, parameter: string, longest: number): string {
  const name = parameters.get(parameter) ?? "";
  const shown = parameter.charAt(0).toLowerCase() + parameter.slice(1);
  if (name.length > longest) {
    throw validationError(name, shown, `Member must have length less than or equal to ${longest}`);
  }
  if (!NAME.test(name))
    throw validationError(name, shown, "Member must satisfy regular expression pattern: [\\w+=,.@-]+");
  return name;
}

/** An optional text. Throws ValidationError if it is too long. */
export function textParameter(parameters: URLSearchParams, parameter: string, longest: number): string | undefined {
  const text = parameters.get(parameter) ?? undefined;
  if (text === undefined || text.length <= longest) return text;
  throw validationError(text, parameter, `Member must have length less than or equal to ${longest}`);
}

/** An optional whole number. Throws ValidationError if it is out of range. */
export function numberParameter(
  parameters: URLSearchParams,
  parameter: string,
  [least, most]: [least: number, most: number],
): number | undefined {
  const text = parameters.get(parameter);
  if (text === null) return undefined;
  const number = Number(text);
  if (Number.isInteger(number) && number >= least && number <= most) return number;
  throw validationError(text, parameter, `Member must have value from ${least} to ${most}`);
}

/** The path of a new role, or a path prefix. Default: "/". */
export function pathParameter(parameters: URLSearchParams, parameter: string, pattern: RegExp): string {
  const path = parameters.get(parameter) ?? "/";
  if (path.length <= 512 && pattern.test(path)) return path;
  throw validationError(path, parameter, `Member must satisfy regular expression pattern: ${pattern.source}`);
}

/** The role named RoleName. Throws NoSuchEntity. */
export function roleParameter(parameters: URLSearchParams, context: QueryContext): Role {
  const name = nameParameter(parameters, "RoleName", 64);
  const role = findRole(callerAccount(context), name);
  if (role === undefined) throw noSuchEntity(`The role with name ${name} cannot be found.`);
  return role;
}

/** ARN of the role named RoleName; for a missing role, the ARN that a new one would get. */
export function roleResource(parameters: URLSearchParams, context: QueryContext): string {
  const name = parameters.get("RoleName") ?? "";
  const role = findRole(callerAccount(context), name);
  return (
    role?.arn ??
    `arn:${partitionOf(context.region)}:iam::${context.caller.accountId}:role${parameters.get("Path") ?? "/"}${name}`
  );
}

export function findRole({ roles }: Account, name: string): Role | undefined {
  return [...roles.values()].find((role) => role.name === name);
}

export function callerAccount({ world, caller }: QueryContext): Account {
  return accountOf(world, caller.accountId);
}
