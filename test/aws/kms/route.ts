/** The shape of KMS's route files. */

import { AwsError } from "../errors.ts";
import type { Identity, World } from "../state.ts";

/** A request's JSON. */
export type KmsInput = Record<string, unknown>;

/** A string member; "" when it is absent. Throws SerializationException for anything else. */
export function text(input: KmsInput, name: string): string {
  const value = input[name] ?? "";
  if (typeof value !== "string") throw new AwsError(400, "SerializationException", `${name} is not a string`);
  return value;
}

export interface KmsContext {
  world: World;
  caller: Identity;
  region: string;
}

export interface KmsAction {
  /** API name, and the IAM action after "kms:". */
  operation: string;
  write: boolean;
  /** Known members of the request. Any other one is refused with 501. */
  parameters: string[];
  furtherActions?: (input: KmsInput) => string[];
  handle(input: KmsInput, context: KmsContext): object;
}
