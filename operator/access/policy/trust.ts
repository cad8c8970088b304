import type { PolicyDocument } from "../../aws/policy/document.ts";
import { policyDocument, type Workload, type WorkloadIdentity } from "./model.ts";

/** Trusts only Pods with this ServiceAccount in this cluster. See size-limits.ts for its maximum length. */
export function trustPolicy(identity: WorkloadIdentity, workload: Workload): PolicyDocument {
  return identity.type === "IRSA"
    ? trustToken(identity.oidcProviderArn, workload)
    : trustAssociation(identity.clusterArn, workload);
}

/**
 * Requires the exact `sub` and `aud`: without `aud`, a token for another service would be accepted.
 * https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html
 */
function trustToken(oidcProviderArn: string, { namespace, serviceAccount }: Workload): PolicyDocument {
  const issuer = oidcProviderArn.slice(oidcProviderArn.indexOf("/") + 1);
  return policyDocument([
    {
      Effect: "Allow",
      Principal: { Federated: oidcProviderArn },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition: {
        StringEquals: {
          [`${issuer}:sub`]: `system:serviceaccount:${namespace}:${serviceAccount}`,
          [`${issuer}:aud`]: "sts.amazonaws.com",
        },
      },
    },
  ]);
}

/**
 * Requires the session tags that EKS sets. Without them, any association in the account could use the role.
 * https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html,
 * https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html
 */
function trustAssociation(clusterArn: string, { namespace, serviceAccount }: Workload): PolicyDocument {
  return policyDocument([
    {
      Effect: "Allow",
      Principal: { Service: "pods.eks.amazonaws.com" },
      Action: ["sts:AssumeRole", "sts:TagSession"],
      Condition: {
        StringEquals: {
          "aws:RequestTag/eks-cluster-arn": clusterArn,
          "aws:RequestTag/kubernetes-namespace": namespace,
          "aws:RequestTag/kubernetes-service-account": serviceAccount,
        },
      },
    },
  ]);
}
