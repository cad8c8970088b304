import { ownershipTags } from "../../api/ownership.ts";
import { REASON } from "../../api/reasons.ts";
import type { AWSAccount, BucketAccess } from "../../api/types.ts";
import { clusterArn, roleArnOf } from "../../aws/arn.ts";
import type { PolicyDocument } from "../../aws/policy/document.ts";
import { failed, stalled } from "../../reconcile/outcome.ts";
import type { Workload, WorkloadIdentity } from "../policy/model.ts";
import { permissionsPolicy } from "../policy/permissions.ts";
import { sessionPolicy } from "../policy/session.ts";
import { tooLong } from "../policy/size-limits.ts";
import { trustPolicy } from "../policy/trust.ts";
import { recordedRole } from "../status.ts";
import type { AccessTarget } from "../target.ts";
import { pathOf, roleNameOf, rolePathOf } from "./role/name.ts";

/** Desired state of the role of a BucketAccess. */
export interface DesiredRole {
  name: string;
  arn: string;
  path: string;
  trust: PolicyDocument;
  permissions: PolicyDocument;
  permissionsBoundaryArn?: string;
  tags: Readonly<Record<string, string>>;
}

/** Desired state of the association that gives a role to Pods. */
export interface DesiredAssociation extends Workload {
  clusterName: string;
  roleArn: string;
  /** Session policy that narrows a shared role. */
  policy?: PolicyDocument;
  tags: Readonly<Record<string, string>>;
}

/** Desired state of an access by a role: from spec, bucket, account and operator. */
export interface DesiredAccess {
  identity: WorkloadIdentity["type"];
  workload: Workload;
  /** The role that Pods get. */
  roleArn: string;
  /** The policy that grants the access: of its own role, or of the association. */
  policy: PolicyDocument;
  /** Absent: the role is the account's shared one. */
  role?: DesiredRole;
  /** With Pod Identity. */
  association?: DesiredAssociation;
}

/** Throws an OutcomeError if the account does not say how Pods get a role, or AWS would refuse a policy. Pure. */
export function desiredAccess(object: BucketAccess, serviceAccount: string, target: AccessTarget): DesiredAccess {
  const workload = { namespace: object.metadata.namespace ?? "", serviceAccount };
  const identity = workloadIdentityOf(object, target);
  if (object.spec.role?.type === "Shared") return sharedAccess(object, workload, identity.type, target);
  const role = desiredRole(object, workload, identity, target);
  const { arn: roleArn, permissions: policy, tags } = role;
  const { clusterName } = target.account.spec.workloadIdentity ?? {};
  const own = { identity: identity.type, workload, roleArn, policy, role };
  if (identity.type === "IRSA" || clusterName === undefined) return own;
  return { ...own, association: { ...workload, clusterName, roleArn, tags } };
}

function desiredRole(
  { spec, status }: BucketAccess,
  workload: Workload,
  identity: WorkloadIdentity,
  { account, session, owner, bucket }: AccessTarget,
): DesiredRole {
  const { rolePath, rolePrefix, permissionsBoundaryArn, tags } = account.spec.iam ?? {};
  // Name and path are taken from the account once: a later change of the account must not lose the role.
  const { name = roleNameOf(rolePrefix, owner), arn: roleArn = "" } = recordedRole(status);
  const path = pathOf(roleArn, name) ?? rolePathOf(rolePath);
  const trust = trustPolicy(identity, workload);
  const permissions = permissionsPolicy(spec.grants, bucket);
  const failure = tooLong("trust", trust) ?? tooLong("permissions", permissions);
  if (failure !== undefined) throw failed(failure);
  return {
    name,
    arn: roleArnOf(session.partition, session.accountId, path, name),
    path,
    trust,
    permissions,
    ...(permissionsBoundaryArn !== undefined && { permissionsBoundaryArn }),
    tags: { ...tags, ...ownershipTags(owner, "Created") },
  };
}

/** The account's shared role, which the association narrows to the grants. */
function sharedAccess(
  { spec }: BucketAccess,
  workload: Workload,
  identity: WorkloadIdentity["type"],
  { account, owner, bucket }: AccessTarget,
): DesiredAccess {
  const { clusterName, sharedRoleArn: roleArn } = account.spec.workloadIdentity ?? {};
  if (identity !== "PodIdentity" || clusterName === undefined)
    throw notShareable(account, "Pod Identity as its identity");
  if (roleArn === undefined) throw notShareable(account, "spec.workloadIdentity.sharedRoleArn");
  const policy = sessionPolicy([{ grants: spec.grants, bucket }]);
  const failure = tooLong("session", policy);
  if (failure !== undefined) throw failed(failure);
  const tags = { ...account.spec.iam?.tags, ...ownershipTags(owner, "Created") };
  return { identity, workload, roleArn, policy, association: { ...workload, clusterName, roleArn, policy, tags } };
}

function notShareable({ metadata }: AWSAccount, missing: string): Error {
  const message = `AWSAccount '${metadata.name}' has no role to share with Pods: have ${missing} set, or remove spec.role.type`;
  return stalled(REASON.workloadIdentityNotConfigured, message);
}

/** The spec decides, or else the account. */
function workloadIdentityOf({ spec }: BucketAccess, { account, session }: AccessTarget): WorkloadIdentity {
  const { accountId, region, workloadIdentity } = account.spec;
  const { type, oidcProviderArn, clusterName } = workloadIdentity ?? {};
  const wanted = spec.identity ?? type;
  if (wanted === "IRSA" && oidcProviderArn !== undefined) return { type: wanted, oidcProviderArn };
  if (wanted === "PodIdentity" && clusterName !== undefined) {
    return { type: wanted, clusterArn: clusterArn(session.partition, region, accountId, clusterName) };
  }
  throw notConfigured(account, wanted);
}

function notConfigured({ metadata }: AWSAccount, wanted: WorkloadIdentity["type"] | undefined): Error {
  const field = { IRSA: "oidcProviderArn", PodIdentity: "clusterName" };
  const missing = wanted === undefined ? "spec.workloadIdentity" : `spec.workloadIdentity.${field[wanted]}`;
  const message =
    `AWSAccount '${metadata.name}' does not say how Pods become a role: have ${missing} set` +
    (wanted === undefined ? "" : ", or choose another spec.identity");
  return stalled(REASON.workloadIdentityNotConfigured, message);
}
