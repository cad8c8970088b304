import type { Grant } from "../../api/types.ts";
import { withoutCovered } from "./prefix.ts";

export type Permission = Grant["permissions"][number];

/** The prefixes of each permission; none begins with another. */
export type Reach = Readonly<Record<Permission, readonly string[]>>;

/** Prefixes that have the same permissions. */
export interface Group {
  permissions: readonly Permission[];
  prefixes: readonly string[];
}

type KmsAction = "kms:Decrypt" | "kms:GenerateDataKey";

/** What a permission allows. */
interface Allowance {
  /** Objects below the prefix, or a list of the keys below it. */
  on: "Objects" | "Keys";
  /**
   * IAM actions of S3, each with the action that S3 calls at KMS for the caller if the bucket has a KMS key.
   * https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
   */
  actions: Readonly<Record<string, KmsAction | undefined>>;
}

/**
 * The table of permissions, from which policies, summaries and `explain` follow. No permission has
 * `s3:DeleteObjectVersion`, so that versions stay restorable, `s3:ListBucketMultipartUploads`, which has no condition
 * key for a prefix, or `s3:PutObjectAcl`.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
 */
const ALLOWANCES: Readonly<Record<Permission, Allowance>> = {
  Read: { on: "Objects", actions: { "s3:GetObject": "kms:Decrypt" } },
  Write: {
    on: "Objects",
    actions: {
      "s3:PutObject": "kms:GenerateDataKey",
      "s3:AbortMultipartUpload": undefined,
      "s3:ListMultipartUploadParts": undefined,
    },
  },
  Delete: { on: "Objects", actions: { "s3:DeleteObject": undefined } },
  List: { on: "Keys", actions: { "s3:ListBucket": undefined } },
};

export const PERMISSIONS = Object.keys(ALLOWANCES) as Permission[];

/** IAM actions of S3. */
export const ACTIONS = ofEach((permission) => Object.keys(ALLOWANCES[permission].actions));

/** The action that S3 calls at KMS, by IAM action of S3. */
export const KMS_ACTIONS: Allowance["actions"] = Object.assign(
  {},
  ...PERMISSIONS.map((permission) => ALLOWANCES[permission].actions),
);

export function permissionsOn(on: Allowance["on"]): Permission[] {
  return PERMISSIONS.filter((permission) => ALLOWANCES[permission].on === on);
}

/** The prefixes that all grants together allow; equal for grants of the same meaning. */
export function reachOf(grants: readonly Grant[]): Reach {
  return ofEach((permission) =>
    withoutCovered(grants.filter(({ permissions }) => permissions.includes(permission)).map(({ prefix }) => prefix)),
  );
}

/** Prefixes of the permissions for which S3 calls this action at KMS. */
export function prefixesWith(reach: Reach, kmsAction: KmsAction): string[] {
  const calling = PERMISSIONS.filter((permission) =>
    ACTIONS[permission].some((each) => KMS_ACTIONS[each] === kmsAction),
  );
  return withoutCovered(calling.flatMap((permission) => reach[permission]));
}

function ofEach<T>(value: (permission: Permission) => T): Readonly<Record<Permission, T>> {
  return Object.fromEntries(PERMISSIONS.map((permission) => [permission, value(permission)])) as Record<Permission, T>;
}

/** Groups the prefixes by the permissions that they have; each prefix is in one group. */
export function groupsOf(reach: Reach, among: readonly Permission[]): Group[] {
  const prefixes = [...new Set(among.flatMap((permission) => reach[permission]))].sort();
  const permissionsAt = (prefix: string) => among.filter((permission) => reach[permission].includes(prefix));
  const groups = Map.groupBy(prefixes, (prefix) => permissionsAt(prefix).join());
  return [...groups.values()].map((prefixes) => ({ permissions: permissionsAt(prefixes[0] ?? ""), prefixes }));
}
