import type { AWSAccount, BucketAccess } from "../../api/types.ts";

/**
 * What a BucketAccess wants of the one role of its ServiceAccount that another BucketAccess may not want otherwise.
 * Undefined: it does not matter for this kind of role.
 */
export interface Wishes {
  accountId: string;
  identity: "IRSA" | "PodIdentity" | undefined;
  /** The OIDC provider, or region and name of the cluster. */
  provider: string | undefined;
  roleType: "Own" | "Shared" | "Existing";
  /** Of a role that the operator does not create. */
  roleArn: string | undefined;
  permissionsBoundaryArn: string | undefined;
  rolePath: string | undefined;
  rolePrefix: string | undefined;
  tags: string | undefined;
}

/** Where a user finds each wish. */
const FIELDS: Readonly<Record<keyof Wishes, string>> = {
  accountId: "AWS account",
  identity: "spec.identity",
  provider: "spec.workloadIdentity of the AWSAccount",
  roleType: "spec.role.type",
  roleArn: "spec.role.arn",
  permissionsBoundaryArn: "spec.iam.permissionsBoundaryArn of the AWSAccount",
  rolePath: "spec.iam.rolePath of the AWSAccount",
  rolePrefix: "spec.iam.rolePrefix of the AWSAccount",
  tags: "spec.iam.tags of the AWSAccount",
};

/** Pure. */
export function wishesOf({ spec }: BucketAccess, account: AWSAccount): Wishes {
  const { accountId, workloadIdentity, iam = {} } = account.spec;
  const { type, sharedRoleArn } = workloadIdentity ?? {};
  const identity = spec.webIdentity === undefined ? (spec.identity ?? type) : undefined;
  const roleType = spec.role?.arn === undefined ? (spec.role?.type ?? "Own") : "Existing";
  const isOwn = roleType === "Own";
  return {
    accountId,
    identity,
    provider: providerOf(identity, account),
    roleType,
    roleArn: roleType === "Shared" ? sharedRoleArn : spec.role?.arn,
    permissionsBoundaryArn: isOwn ? iam.permissionsBoundaryArn : undefined,
    rolePath: isOwn ? iam.rolePath : undefined,
    rolePrefix: isOwn ? iam.rolePrefix : undefined,
    tags: isOwn ? JSON.stringify(Object.entries(iam.tags ?? {}).sort()) : undefined,
  };
}

function providerOf(identity: Wishes["identity"], { spec }: AWSAccount): string | undefined {
  const { oidcProviderArn, clusterName } = spec.workloadIdentity ?? {};
  if (identity === "IRSA") return oidcProviderArn;
  return identity === undefined || clusterName === undefined ? undefined : `${spec.region}/${clusterName}`;
}

/** The field in which the two differ first; undefined: they go together. */
export function conflictOf(one: Wishes, other: Wishes): string | undefined {
  const keys = Object.keys(FIELDS) as (keyof Wishes)[];
  const different = keys.find((key) => one[key] !== other[key]);
  return different && FIELDS[different];
}
