import type { Grant } from "../../api/types.ts";
import { withoutCovered } from "./prefix.ts";

export type Permission = Grant["permissions"][number];

/** Where each permission holds: prefixes of which none holds another. */
export type Reach = Readonly<Record<Permission, readonly string[]>>;

/** Prefixes that have the same permissions. */
export interface Group {
  permissions: readonly Permission[];
  prefixes: readonly string[];
}

/** In the order in which everything tells them. */
export const PERMISSIONS = ["Read", "Write", "Delete", "List"] as const satisfies readonly Permission[];

/**
 * IAM actions of each permission. `List` is on the bucket, the others on objects. Never among them: `s3:DeleteObjectVersion`, so that versions stay
 * restorable; `s3:ListBucketMultipartUploads`, which knows no prefix; `s3:PutObjectAcl`.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
 */
export const ACTIONS: Readonly<Record<Permission, readonly string[]>> = {
  Read: ["s3:GetObject"],
  Write: ["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
  Delete: ["s3:DeleteObject"],
  List: ["s3:ListBucket"],
};

/** What the grants allow together, in one form for all ways to state it. */
export function reachOf(grants: readonly Grant[]): Reach {
  const reach = (permission: Permission) =>
    withoutCovered(grants.filter(({ permissions }) => permissions.includes(permission)).map(({ prefix }) => prefix));
  return { Read: reach("Read"), Write: reach("Write"), Delete: reach("Delete"), List: reach("List") };
}

/** The reach of some permissions, each prefix in one group. */
export function groupsOf(reach: Reach, among: readonly Permission[]): Group[] {
  const prefixes = [...new Set(among.flatMap((permission) => reach[permission]))].sort();
  const permissionsAt = (prefix: string) => among.filter((permission) => reach[permission].includes(prefix));
  const groups = Map.groupBy(prefixes, (prefix) => permissionsAt(prefix).join());
  return [...groups.values()].map((prefixes) => ({ permissions: permissionsAt(prefixes[0] ?? ""), prefixes }));
}
