import type { PolicyDocument } from "../../aws/policy/document.ts";
import { oneOrMany, policyDocument, type Workload, type WorkloadIdentity } from "./model.ts";
import { escapePattern } from "./prefix.ts";

/** The audience of ServiceAccount tokens for STS. */
const STS_AUDIENCE = "sts.amazonaws.com";

/** Web identity tokens that a role trusts. */
interface TrustedTokens {
  /** ARN of an IAM OIDC provider. */
  providerArn: string;
  /** Exact `sub` claims; at least one. */
  subjects: readonly string[];
  /** The `aud` claim. */
  audience: string;
}

/** Trusts only Pods with this ServiceAccount in this cluster. See size-limits.ts for its maximum length. */
export function trustPolicy(identity: WorkloadIdentity, workload: Workload): PolicyDocument {
  return identity.type === "IRSA"
    ? tokenTrustPolicy(serviceAccountTokens(identity.oidcProviderArn, workload))
    : associationTrustPolicy(identity.clusterArn, workload);
}

/** https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html */
export function serviceAccountTokens(
  oidcProviderArn: string,
  { namespace, serviceAccount }: Workload,
): TrustedTokens & { subjects: readonly [string] } {
  const subjects = [`system:serviceaccount:${namespace}:${serviceAccount}`] as const;
  return { providerArn: oidcProviderArn, subjects, audience: STS_AUDIENCE };
}

/**
 * Requires one of the exact subjects and the audience: without `aud`, a token for another service would be accepted.
 * Wildcards and policy variables in subjects are escaped.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
 */
export function tokenTrustPolicy({ providerArn, subjects, audience }: TrustedTokens): PolicyDocument {
  const { subject, audience: aud } = claimKeys(providerArn);
  return policyDocument([
    {
      Effect: "Allow",
      Principal: { Federated: providerArn },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition: {
        StringEquals: { [subject]: oneOrMany(subjects.map(escapePattern)), [aud]: escapePattern(audience) },
      },
    },
  ]);
}

/**
 * Condition keys for claims, which begin with the issuer's URL without `https://`, as it was registered: with the port,
 * the path and a trailing `/`.
 * https://learn.microsoft.com/en-us/azure/sentinel/connect-aws-configure-environment has one with a trailing `/`.
 */
export function claimKeys(providerArn: string): { subject: string; audience: string } {
  const issuer = providerArn.slice(providerArn.indexOf("/") + 1);
  return { subject: `${issuer}:sub`, audience: `${issuer}:aud` };
}

/**
 * Requires the session tags that EKS sets. Without them, any association in the account could use the role.
 * https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
 */
function associationTrustPolicy(clusterArn: string, workload: Workload): PolicyDocument {
  const tags = Object.entries(sessionTags(clusterArn, workload));
  return policyDocument([
    {
      Effect: "Allow",
      Principal: { Service: POD_IDENTITY },
      Action: ["sts:AssumeRole", "sts:TagSession"],
      Condition: { StringEquals: Object.fromEntries(tags.map(([key, value]) => [key, escapePattern(value)])) },
    },
  ]);
}

export const POD_IDENTITY = "pods.eks.amazonaws.com";

/**
 * Condition keys for the session tags by which EKS identifies a Pod.
 * https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html
 */
export function sessionTags(clusterArn: string, { namespace, serviceAccount }: Workload): Record<string, string> {
  return {
    "aws:RequestTag/eks-cluster-arn": clusterArn,
    "aws:RequestTag/kubernetes-namespace": namespace,
    "aws:RequestTag/kubernetes-service-account": serviceAccount,
  };
}
