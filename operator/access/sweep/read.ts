import {
  DescribePodIdentityAssociationCommand,
  paginateListPodIdentityAssociations,
  type EKSClient,
  type PodIdentityAssociation,
  type PodIdentityAssociationSummary,
} from "@aws-sdk/client-eks";
import { paginateListRoles, type IAMClient, type Role } from "@aws-sdk/client-iam";
import { throwFailure, unlessGone } from "../../reconcile/aws-failure.ts";

/**
 * With their trust policies, but without tags: https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html
 */
export async function listRoles(iam: IAMClient, PathPrefix: string, abortSignal: AbortSignal): Promise<Role[]> {
  const roles: Role[] = [];
  try {
    const pages = paginateListRoles({ client: iam, pageSize: PAGE }, { PathPrefix }, { abortSignal });
    for await (const { Roles = [] } of pages) roles.push(...Roles);
  } catch (error) {
    throwFailure("iam:ListRoles", "*")(error);
  }
  return roles;
}

/** Fewer calls than with IAM's default of 100. IAM may return fewer. */
const PAGE = 1_000;

/** Undefined: the cluster is gone. */
export async function listAssociations(
  eks: EKSClient,
  clusterName: string,
  clusterArn: string,
  abortSignal: AbortSignal,
): Promise<PodIdentityAssociationSummary[]> {
  const read = async () => {
    const found: PodIdentityAssociationSummary[] = [];
    const pages = paginateListPodIdentityAssociations({ client: eks }, { clusterName }, { abortSignal });
    for await (const { associations = [] } of pages) found.push(...associations);
    return found;
  };
  return (await unlessGone(read(), "eks:ListPodIdentityAssociations", clusterArn)) ?? [];
}

/** With its tags, which lists do not have. Undefined: it is gone. */
export async function readAssociation(
  eks: EKSClient,
  { clusterName, associationId, associationArn = "" }: PodIdentityAssociationSummary,
  abortSignal: AbortSignal,
): Promise<PodIdentityAssociation | undefined> {
  const command = new DescribePodIdentityAssociationCommand({ clusterName, associationId });
  const answer = await unlessGone(
    eks.send(command, { abortSignal }),
    "eks:DescribePodIdentityAssociation",
    associationArn,
  );
  return answer?.association;
}
