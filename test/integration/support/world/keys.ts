import type { ManagedKey, S3BucketSpec } from "../../../../operator/api/types.ts";
import type { Account, Call, Key } from "../../../aws/index.ts";
import { operatorCalls } from "../expect/invariants.ts";
import type { AnyWorld, World } from "./world.ts";

/** The region of the accounts and clients of {@link World}. */
export const KEY_REGION = "eu-central-1";

export function managedKeySpec(managed: ManagedKey = {}, sseAlgorithm: "aws:kms" = "aws:kms"): S3BucketSpec {
  return { encryption: { sseAlgorithm, kmsKey: { managed } } };
}

/** The default alias of a managed key that the operator of a test creates. */
export function defaultAlias({ name: namespace }: AnyWorld, bucket: string): string {
  return `alias/s3-operator/test/${namespace}/${bucket}`;
}

/** Keys of any owner that are not pending deletion. */
export function liveKeys({ keys }: Account): Key[] {
  return [...keys.values()].filter(({ manager, state }) => manager === "CUSTOMER" && state !== "PendingDeletion");
}

/** Undefined when no key has the alias. */
export function keyByAlias({ keys, aliases }: Account, alias: string): Key | undefined {
  const id = aliases.get(`${KEY_REGION}/${alias}`);
  return [...keys.values()].find((key) => key.id === id);
}

/** Throws when no key has the alias. */
export function keyAt(account: Account, alias: string): Key {
  const key = keyByAlias(account, alias);
  if (key === undefined) throw new Error(`No key has the alias ${alias}`);
  return key;
}

export function kmsCalls(world: World): Call[] {
  return operatorCalls(world).filter(({ service }) => service === "kms");
}
