/**
 * Credentials that EKS Pod Identity gives to pods. Its agent and the EKS Auth API are not modelled.
 * https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html
 * https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html
 */

import type { RequestContext } from "../policy/evaluate.ts";
import { trustingRole, type Candidate } from "../policy/trust.ts";
import type { Cluster, Credentials, Identity, PodIdentityAssociation, Role, World } from "../state.ts";
import { addSession } from "../world.ts";
import type { ServiceAccount } from "./tokens.ts";

const SERVICE = "pods.eks.amazonaws.com";
const SIX_HOURS_MS = 6 * 3_600_000;

/** Throws if the service account has no association, or if one of its roles does not trust the caller. */
export async function podIdentityCredentials(
  world: World,
  cluster: Cluster,
  { namespace, serviceAccount }: ServiceAccount,
): Promise<Credentials> {
  const association = [...cluster.podIdentityAssociations.values()].find(
    (each) => each.namespace === namespace && each.serviceAccount === serviceAccount,
  );
  if (association === undefined) throw new Error(`${namespace}/${serviceAccount} has no pod identity association`);
  const first = await firstSession(world, cluster, association);
  const session = association.targetRoleArn === undefined ? first : await targetSession(world, association, first);
  return session.credentials;
}

async function firstSession(world: World, cluster: Cluster, association: PodIdentityAssociation): Promise<Identity> {
  const source = { "aws:SourceArn": cluster.arn, "aws:SourceAccount": cluster.arn.split(":")[4] ?? "" };
  const service = { "aws:PrincipalIsAWSService": "true", "aws:PrincipalServiceName": SERVICE };
  const tags = sessionTags(cluster, association);
  const context = { ...source, ...service, ...requestTags(tags) };
  const role = await assumable(world, association.roleArn, { principal: SERVICE, context }, tags);
  const isLast = association.targetRoleArn === undefined;
  return session(world, role, association, tags, isLast ? association.policy : undefined);
}

/** The first role's session assumes the target role and passes on its session tags. */
async function targetSession(world: World, association: PodIdentityAssociation, first: Identity): Promise<Identity> {
  const tags = first.session?.tags ?? new Map<string, string>();
  const context = { "sts:ExternalId": association.externalId ?? "", ...requestTags(tags) };
  const role = await assumable(world, association.targetRoleArn ?? "", { principal: first, context }, tags);
  return session(world, role, association, tags, association.policy);
}

/** The role. Throws unless it trusts the candidate to assume it and, if there are tags, to tag the session. */
async function assumable(
  world: World,
  roleArn: string,
  candidate: Omit<Candidate, "action">,
  tags: ReadonlyMap<string, string>,
): Promise<Role> {
  const role = await trustingRole(world, roleArn, { action: "sts:AssumeRole", ...candidate });
  const mayTag =
    tags.size === 0 || (await trustingRole(world, roleArn, { action: "sts:TagSession", ...candidate })) !== undefined;
  if (role === undefined || !mayTag) throw new Error(`${roleArn} does not let pods assume it`);
  return role;
}

function session(
  world: World,
  role: Role,
  { clusterName, namespace }: PodIdentityAssociation,
  tags: ReadonlyMap<string, string>,
  policy: string | undefined,
): Identity {
  const name = `eks-${clusterName}-${namespace}-pod`.slice(0, 64);
  return addSession(world, role, { name, expiresAt: world.now() + SIX_HOURS_MS, policy, tags });
}

function sessionTags(cluster: Cluster, association: PodIdentityAssociation): ReadonlyMap<string, string> {
  if (association.disableSessionTags) return new Map();
  return new Map([
    ["eks-cluster-arn", cluster.arn],
    ["eks-cluster-name", cluster.name],
    ["kubernetes-namespace", association.namespace],
    ["kubernetes-service-account", association.serviceAccount],
    ["kubernetes-pod-name", "pod"],
    ["kubernetes-pod-uid", "00000000-0000-0000-0000-000000000000"],
  ]);
}

function requestTags(tags: ReadonlyMap<string, string>): RequestContext {
  const values = [...tags].map(([key, value]) => [`aws:RequestTag/${key}`, value]);
  return { ...Object.fromEntries(values), ...(tags.size > 0 && { "aws:TagKeys": [...tags.keys()] }) };
}
