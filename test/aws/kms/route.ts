/** Interface of the KMS routes. */

import { AwsError } from "../errors.ts";
import type { Identity, World } from "../state.ts";

/** JSON body of a request. */
export type KmsInput = Record<string, unknown>;

/** A string member; "" if it is absent. Throws SerializationException for other types. */
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
  /** Known members of the request. Others are refused with 501. */
  parameters: string[];
  furtherActions?: (input: KmsInput) => string[];
  handle(input: KmsInput, context: KmsContext): object;
}
