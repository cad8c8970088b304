import { REASON } from "../../api/reasons.ts";
import { clusterArn } from "../../aws/arn.ts";
import type { Failure } from "../../reconcile/outcome.ts";
import type { AccessContext, AccessDependencies } from "../dependencies.ts";
import { ROLE_ARN_ANNOTATION } from "../outputs/service-account.ts";
import type { AccessTarget } from "../target.ts";
import { findAssociation } from "./association.ts";
import type { RoleOutcome } from "./reconcile-role.ts";

/**
 * Why Pods get another role than by IRSA: if their ServiceAccount has an association, EKS gives them its credentials, and
 * no web identity. https://github.com/aws/amazon-eks-pod-identity-webhook/blob/master/pkg/handler/handler.go
 * The sweep lists the associations of the cluster; only a listed one is read here.
 */
export async function otherAssociation(
  { roles }: AccessDependencies,
  { signal }: AccessContext,
  { account, session }: AccessTarget,
  { desired: { owner, pods }, roleArn }: RoleOutcome,
): Promise<Failure | undefined> {
  const { region, workloadIdentity: { clusterName } = {} } = account.spec;
  if (pods?.identity.type !== "IRSA" || clusterName === undefined) return undefined;
  const { namespace, serviceAccount } = pods.workload;
  const cluster = clusterArn(session.partition, region, session.accountId, clusterName);
  if (!roles.hasAssociation(cluster, `${namespace}/${serviceAccount}`)) return undefined;
  const client = { session, region, owner, options: { abortSignal: signal } };
  const found = await findAssociation(client, { ...pods.workload, clusterName });
  if (found === undefined || found.roleArn === roleArn) return undefined;
  const message =
    `ServiceAccount '${serviceAccount}' has a Pod Identity association in cluster '${clusterName}', which EKS prefers to the annotation '${ROLE_ARN_ANNOTATION}', ` +
    `so that its Pods get role '${found.roleArn}': delete the association, or set spec.identity to PodIdentity`;
  return { reason: REASON.associationNotOwned, message, terminal: true };
}
