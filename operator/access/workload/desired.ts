import { GROUP } from "../../api/names.ts";
import { roleTags, type RoleOwner, type Tags } from "../../api/ownership.ts";
import { REASON } from "../../api/reasons.ts";
import type { AWSAccount, BucketAccess } from "../../api/types.ts";
import { roleArnOf } from "../../aws/arn.ts";
import type { PolicyDocument } from "../../aws/policy/document.ts";
import { failed, stalled } from "../../reconcile/outcome.ts";
import type { Workload, WorkloadIdentity } from "../policy/model.ts";
import { tooLong } from "../policy/size-limits.ts";
import { tokenTrustPolicy, trustPolicy } from "../policy/trust.ts";
import { ownerOf, type AccessTarget } from "../target.ts";
import { policyArnsOf, type Contributor } from "./contributors.ts";
import { workloadIdentityOf } from "./identity.ts";
import { policyNameOf, roleNameOf, rolePathOf } from "./role/name.ts";

/** Desired state of a role of the operator, but for the inline policies: equal for all of its BucketAccesses. */
export interface DesiredRole {
  name: string;
  arn: string;
  path: string;
  trust: PolicyDocument;
  permissionsBoundaryArn?: string;
  tags: Tags;
  /** The inline policies that it may have. */
  policyNames: readonly string[];
  /** Managed policies: those to attach, and all that it may have. */
  policyArns: { wanted: readonly string[]; allowed: readonly string[] };
}

/** Desired state of the association that gives a role to Pods. */
export interface DesiredAssociation extends Workload {
  clusterName: string;
  roleArn: string;
  /** Session policy that narrows a shared role. */
  policy?: PolicyDocument;
  tags: Tags;
}

/** A role, and how a ServiceAccount or web identities get it, as all of its BucketAccesses want it. */
export interface DesiredAccess {
  owner: RoleOwner;
  /** The inline policy of this BucketAccess. */
  policyName: string;
  /** Absent: the role is for web identities. */
  pods?: { identity: WorkloadIdentity; workload: Workload };
  /** The role that they get. A role of the operator has another ARN if it was created with another path. */
  roleArn: string;
  /** Absent: another owner made the role: `Existing` by spec.role.arn, `Shared` by the AWSAccount. */
  role?: DesiredRole;
  type: "Own" | "Existing" | "Shared";
  /** With Pod Identity. With a shared role, the session policy is still to be added. */
  association?: DesiredAssociation;
}

/**
 * Throws an OutcomeError if the account does not say how Pods get a role, or AWS would refuse a policy. Pure.
 * @param members of the role, oldest first
 */
export function desiredAccess(
  object: BucketAccess,
  owner: RoleOwner,
  target: AccessTarget,
  members: readonly Contributor[],
): DesiredAccess {
  const { arn, type = "Own" } = object.spec.role ?? {};
  const pods = podsOf(object, owner, target);
  const common = { owner, policyName: policyNameOf(ownerOf(owner.cluster, object)), ...(pods && { pods }) };
  if (arn === undefined && type === "Own") {
    const role = desiredRole(object, owner, pods, target, members);
    return { ...common, type, role, roleArn: role.arn, ...associated(pods, target, owner, role.arn) };
  }
  const roleArn = arn ?? sharedRoleOf(target.account, pods?.identity);
  return {
    ...common,
    type: arn === undefined ? "Shared" : "Existing",
    roleArn,
    ...associated(pods, target, owner, roleArn),
  };
}

function podsOf(
  object: BucketAccess,
  { kind, namespace, name }: RoleOwner,
  target: AccessTarget,
): DesiredAccess["pods"] {
  if (kind === "BucketAccess") return undefined;
  return { identity: workloadIdentityOf(object, target), workload: { namespace, serviceAccount: name } };
}

function desiredRole(
  { spec }: BucketAccess,
  owner: RoleOwner,
  pods: DesiredAccess["pods"],
  { account, session }: AccessTarget,
  members: readonly Contributor[],
): DesiredRole {
  const { rolePath, rolePrefix, permissionsBoundaryArn } = account.spec.iam ?? {};
  const [name, path] = [roleNameOf(rolePrefix, owner), rolePathOf(rolePath)];
  const trust = pods ? trustPolicy(pods.identity, pods.workload) : tokenTrustPolicy(spec.webIdentity ?? NO_TOKENS);
  const failure = tooLong("trust", trust);
  if (failure !== undefined) throw failed(failure);
  return {
    name,
    arn: roleArnOf(session.partition, session.accountId, path, name),
    path,
    trust,
    ...(permissionsBoundaryArn !== undefined && { permissionsBoundaryArn }),
    tags: tagsFor(account, owner),
    policyNames: members.map(({ policyName }) => policyName).sort(),
    policyArns: policyArnsOf(members),
  };
}

/** A BucketAccess has Pods or web identities. */
const NO_TOKENS = { providerArn: "", subjects: [], audience: "" };

function associated(
  pods: DesiredAccess["pods"],
  { account }: AccessTarget,
  owner: RoleOwner,
  roleArn: string,
): Pick<DesiredAccess, "association"> {
  const { clusterName } = account.spec.workloadIdentity ?? {};
  if (pods?.identity.type !== "PodIdentity" || clusterName === undefined) return {};
  return { association: { ...pods.workload, clusterName, roleArn, tags: tagsFor(account, owner) } };
}

/** The account's tags do not override the owner's. */
function tagsFor({ spec }: AWSAccount, owner: RoleOwner): Tags {
  const others = Object.entries(spec.iam?.tags ?? {}).filter(([key]) => !key.startsWith(`${GROUP}/`));
  return { ...Object.fromEntries(others), ...roleTags(owner) };
}

/** The account's shared role, which the association narrows to the grants. */
function sharedRoleOf(account: AWSAccount, identity: WorkloadIdentity | undefined): string {
  const { sharedRoleArn } = account.spec.workloadIdentity ?? {};
  if (identity?.type !== "PodIdentity") throw notShareable(account, "Pod Identity as its identity");
  if (sharedRoleArn === undefined) throw notShareable(account, "spec.workloadIdentity.sharedRoleArn");
  return sharedRoleArn;
}

function notShareable({ metadata }: AWSAccount, missing: string): Error {
  const message = `AWSAccount '${metadata.name}' has no role to share with Pods: have ${missing} set, or remove spec.role.type`;
  return stalled(REASON.workloadIdentityNotConfigured, message);
}
