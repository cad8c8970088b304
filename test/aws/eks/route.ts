/** Interface of the EKS routes. */

import { AwsError } from "../errors.ts";
import type { Identity, World } from "../state.ts";

/** JSON body and query of a request, merged. */
export type EksInput = Record<string, unknown>;

export interface EksContext {
  world: World;
  caller: Identity;
  region: string;
  /** Decoded groups of the path pattern. */
  names: string[];
}

export interface EksRoute {
  /** API name, and the IAM action after "eks:". */
  operation: string;
  method: "GET" | "POST" | "DELETE";
  path: RegExp;
  write: boolean;
  /** Known members of the body or the query. Others are refused with 501. */
  parameters: string[];
  /** Further IAM actions with their resource ARNs; undefined stands for the EKS resource of the call. */
  furtherActions?(input: EksInput): Map<string, string | undefined>;
  handle(input: EksInput, context: EksContext): object;
}

/** An optional string member. Throws for other types. */
export function text(input: EksInput, name: string): string | undefined {
  const value = input[name];
  if (value === undefined || typeof value === "string") return value;
  throw invalidParameter(`${name} is not a string`);
}

/** A required string member. */
export function requiredText(input: EksInput, name: string): string {
  const value = text(input, name) ?? "";
  if (value === "") throw invalidParameter(`${name} is required`);
  return value;
}

export function invalidParameter(message: string): AwsError {
  return new AwsError(400, "InvalidParameterException", message);
}
