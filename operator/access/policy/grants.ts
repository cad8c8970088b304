import type { Grant } from "../../api/types.ts";
import { withoutCovered } from "./prefix.ts";

export type Permission = Grant["permissions"][number];

/** The prefixes of each permission, none of which covers another. */
export type Reach = Readonly<Record<Permission, readonly string[]>>;

/** Prefixes with the same permissions. */
export interface Group {
  permissions: readonly Permission[];
  prefixes: readonly string[];
}

/** In display order. */
export const PERMISSIONS = ["Read", "Write", "Delete", "List"] as const satisfies readonly Permission[];

/**
 * IAM actions of each permission: `List` on the bucket, the others on objects. Never add `s3:DeleteObjectVersion`, so
 * that versions stay restorable; `s3:ListBucketMultipartUploads`, which supports no prefix condition; or
 * `s3:PutObjectAcl`.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
 */
export const ACTIONS: Readonly<Record<Permission, readonly string[]>> = {
  Read: ["s3:GetObject"],
  Write: ["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
  Delete: ["s3:DeleteObject"],
  List: ["s3:ListBucket"],
};

/** What the grants allow together, in canonical form. */
export function reachOf(grants: readonly Grant[]): Reach {
  const reach = (permission: Permission) =>
    withoutCovered(grants.filter(({ permissions }) => permissions.includes(permission)).map(({ prefix }) => prefix));
  return { Read: reach("Read"), Write: reach("Write"), Delete: reach("Delete"), List: reach("List") };
}

/** Groups prefixes by their permissions among the given ones. */
export function groupsOf(reach: Reach, among: readonly Permission[]): Group[] {
  const prefixes = [...new Set(among.flatMap((permission) => reach[permission]))].sort();
  const permissionsAt = (prefix: string) => among.filter((permission) => reach[permission].includes(prefix));
  const groups = Map.groupBy(prefixes, (prefix) => permissionsAt(prefix).join());
  return [...groups.values()].map((prefixes) => ({ permissions: permissionsAt(prefixes[0] ?? ""), prefixes }));
}
