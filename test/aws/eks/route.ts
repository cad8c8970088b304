/** The shape of EKS's route files. */

import { AwsError } from "../errors.ts";
import type { Identity, World } from "../state.ts";

/** A request's JSON and query together. */
export type EksInput = Record<string, unknown>;

export interface EksContext {
  world: World;
  caller: Identity;
  region: string;
  /** What the path's groups captured, decoded. */
  names: string[];
}

export interface EksRoute {
  /** API name, and the IAM action after "eks:". */
  operation: string;
  method: "GET" | "POST" | "DELETE";
  path: RegExp;
  write: boolean;
  /** Known members of the body, or of the query. Any other one is refused with 501. */
  parameters: string[];
  /** Further IAM actions, each with the ARN that it is about; undefined for what EKS itself has. */
  furtherActions?(input: EksInput): Map<string, string | undefined>;
  handle(input: EksInput, context: EksContext): object;
}

/** A string member; undefined when it is absent. Throws for anything else. */
export function text(input: EksInput, name: string): string | undefined {
  const value = input[name];
  if (value === undefined || typeof value === "string") return value;
  throw invalidParameter(`${name} is not a string`);
}

/** A string member that must be there. */
export function requiredText(input: EksInput, name: string): string {
  const value = text(input, name) ?? "";
  if (value === "") throw invalidParameter(`${name} is required`);
  return value;
}

export function invalidParameter(message: string): AwsError {
  return new AwsError(400, "InvalidParameterException", message);
}
