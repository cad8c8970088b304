import type { Owner } from "../../../api/ownership.ts";
import { hexHash } from "../../../reconcile/fingerprint.ts";

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const MAX_LENGTH = 64;

/** Tenants choose names: with 8 digits they could find, in minutes, one that takes the name of another's role. */
const HASH_DIGITS = 12;

/** As the AWSAccount's `iam.rolePath` says of its absence. */
export const DEFAULT_ROLE_PATH = "/s3-operator/";

/**
 * The name of a BucketAccess's role: prefix, cluster, namespace and name, cut so that the hash of the latter three always fits, 64 characters at the
 * most. In lower case but for the prefix, since IAM's names are unique regardless of case. Who owns a role of that name, its tags say.
 * @param rolePrefix `iam.rolePrefix` of the AWSAccount
 */
export function roleNameOf(rolePrefix: string | undefined, { cluster, namespace, name }: Owner): string {
  const hash = hexHash(JSON.stringify([cluster, namespace, name]), HASH_DIGITS);
  const full = `${rolePrefix ?? ""}${cluster}-${namespace}-${name}`;
  return `${full.slice(0, MAX_LENGTH - HASH_DIGITS - 1).replace(/[.-]+$/, "")}-${hash}`;
}

/** The path of a BucketAccess's role, from `iam.rolePath` of the AWSAccount. A role keeps its path for life. */
export function rolePathOf(rolePath: string | undefined): string {
  return rolePath ?? DEFAULT_ROLE_PATH;
}

/** Of a role that is there; undefined: the ARN is that of another one. */
export function pathOf(roleArn: string, name: string): string | undefined {
  if (!roleArn.endsWith(`/${name}`)) return undefined;
  return roleArn.slice(roleArn.indexOf(":role/") + ":role".length, -name.length);
}
