import type { Grant } from "../../api/types.ts";
import { EVERY_KEY, withoutCovered } from "./prefix.ts";

export type Permission = Grant["permissions"][number];

/** The prefixes of each permission; none begins with another. */
export type Reach = Readonly<Record<Permission, readonly string[]>>;

/** Prefixes that have the same permissions. */
export interface Group {
  permissions: readonly Permission[];
  prefixes: readonly string[];
}

type KmsAction = "kms:Decrypt" | "kms:GenerateDataKey";

/** One action that a permission allows. */
interface Allowance {
  action: `s3:${string}`;
  /**
   * `Objects`: objects below the prefix. `Lists`: the bucket, for requests whose `s3:prefix` is below the prefix.
   * `Bucket`: the bucket, because the action reveals no key. `WholeBucket`: the bucket, only with the prefix `*`,
   * because the action reveals keys and has no condition key for a prefix.
   */
  on: "Objects" | "Lists" | "Bucket" | "WholeBucket";
  /**
   * The action that S3 calls at KMS for the caller if the bucket has a KMS key.
   * https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
   */
  kms?: KmsAction;
}

/** At least one action, the first of them with every prefix: a permission that grants nothing does not compile. */
type Allowances = readonly [Allowance & { on: "Objects" | "Lists" }, ...Allowance[]];

/**
 * The table of permissions, from which policies, summaries and `explain` follow. No permission has
 * `s3:DeleteObjectVersion`, so that versions stay restorable, or `s3:PutObjectAcl`. `Tag` is for current versions.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
 */
const ALLOWANCES: Readonly<Record<Permission, Allowances>> = {
  Read: [{ action: "s3:GetObject", on: "Objects", kms: "kms:Decrypt" }],
  ReadVersions: [
    { action: "s3:GetObjectVersion", on: "Objects", kms: "kms:Decrypt" },
    { action: "s3:ListBucketVersions", on: "Lists" },
  ],
  Write: [
    { action: "s3:PutObject", on: "Objects", kms: "kms:GenerateDataKey" },
    { action: "s3:AbortMultipartUpload", on: "Objects" },
    { action: "s3:ListMultipartUploadParts", on: "Objects" },
  ],
  Delete: [{ action: "s3:DeleteObject", on: "Objects" }],
  List: [
    { action: "s3:ListBucket", on: "Lists" },
    { action: "s3:GetBucketLocation", on: "Bucket" },
    { action: "s3:ListBucketMultipartUploads", on: "WholeBucket" },
  ],
  Tag: [
    { action: "s3:GetObjectTagging", on: "Objects" },
    { action: "s3:PutObjectTagging", on: "Objects" },
    { action: "s3:DeleteObjectTagging", on: "Objects" },
  ],
  Restore: [{ action: "s3:RestoreObject", on: "Objects" }],
};

export const PERMISSIONS = Object.keys(ALLOWANCES) as Permission[];

/** Every row of the table, with its permission. */
export const ALLOWED_ACTIONS: readonly (Allowance & { permission: Permission })[] = PERMISSIONS.flatMap((permission) =>
  ALLOWANCES[permission].map((allowance) => ({ ...allowance, permission })),
);

/** IAM actions of S3 that the permissions allow on this. */
export function actionsOn(permissions: readonly Permission[], ...on: Allowance["on"][]): string[] {
  return permissions.flatMap((permission) =>
    ALLOWANCES[permission].filter((allowance) => on.includes(allowance.on)).map(({ action }) => action),
  );
}

export function permissionsOn(on: Allowance["on"]): Permission[] {
  return PERMISSIONS.filter((permission) => actionsOn([permission], on).length > 0);
}

/** The prefixes that all grants together allow; equal for grants of the same meaning. */
export function reachOf(grants: readonly Grant[]): Reach {
  const reach = PERMISSIONS.map((permission) => {
    const having = grants.filter(({ permissions }) => permissions.includes(permission));
    return [permission, withoutCovered(having.map(({ prefix }) => prefix))];
  });
  return Object.fromEntries(reach) as Reach;
}

export function reachesEveryKey(reach: Reach, permission: Permission): boolean {
  return reach[permission].includes(EVERY_KEY);
}

/** Prefixes of the permissions for which S3 calls this action at KMS. */
export function prefixesWith(reach: Reach, kmsAction: KmsAction): string[] {
  const calling = ALLOWED_ACTIONS.filter(({ kms }) => kms === kmsAction);
  return withoutCovered(calling.flatMap(({ permission }) => reach[permission]));
}

/** Groups the prefixes by the permissions that they have; each prefix is in one group. */
export function groupsOf(reach: Reach, among: readonly Permission[]): Group[] {
  const prefixes = [...new Set(among.flatMap((permission) => reach[permission]))].sort();
  const permissionsAt = (prefix: string) => among.filter((permission) => reach[permission].includes(prefix));
  const groups = Map.groupBy(prefixes, (prefix) => permissionsAt(prefix).join());
  return [...groups.values()].map((prefixes) => ({ permissions: permissionsAt(prefixes[0] ?? ""), prefixes }));
}

/** The same as one group for each permission. */
export function singleGroupsOf(reach: Reach, among: readonly Permission[]): Group[] {
  return among
    .filter((permission) => reach[permission].length > 0)
    .map((permission) => ({ permissions: [permission], prefixes: reach[permission] }));
}
