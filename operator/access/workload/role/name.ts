import type { Owner } from "../../../api/ownership.ts";
import { hexHash } from "../../../reconcile/fingerprint.ts";

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const MAX_LENGTH = 64;

/** With 8 digits a tenant could find, within minutes, a name that collides with the role of another tenant. */
const HASH_DIGITS = 12;

/** Default of the AWSAccount's `iam.rolePath`. */
export const DEFAULT_ROLE_PATH = "/s3-operator/";

/**
 * The name of a BucketAccess's role: prefix, cluster, namespace, name and a hash of the latter three, cut to 64
 * characters. Kubernetes names are lower case, so IAM's case-insensitive names do not collide.
 * @param rolePrefix `iam.rolePrefix` of the AWSAccount
 */
export function roleNameOf(rolePrefix: string | undefined, { cluster, namespace, name }: Owner): string {
  const hash = hexHash(JSON.stringify([cluster, namespace, name]), HASH_DIGITS);
  const full = `${rolePrefix ?? ""}${cluster}-${namespace}-${name}`;
  return `${full.slice(0, MAX_LENGTH - HASH_DIGITS - 1).replace(/[.-]+$/, "")}-${hash}`;
}

/** Path of a new role, from `iam.rolePath` of the AWSAccount. An existing role keeps its path. */
export function rolePathOf(rolePath: string | undefined): string {
  return rolePath ?? DEFAULT_ROLE_PATH;
}

/** Path of an existing role; undefined: the ARN is that of another role. */
export function pathOf(roleArn: string, name: string): string | undefined {
  if (!roleArn.endsWith(`/${name}`)) return undefined;
  return roleArn.slice(roleArn.indexOf(":role/") + ":role".length, -name.length);
}
