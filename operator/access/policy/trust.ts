import type { PolicyDocument } from "../../aws/policy/document.ts";
import { policyDocument, type Workload, type WorkloadIdentity } from "./model.ts";

/** Whom the role trusts: Pods with that ServiceAccount in that cluster, and nobody else. See limits.ts for how long it may be. */
export function trustPolicy(identity: WorkloadIdentity, workload: Workload): PolicyDocument {
  return identity.type === "IRSA"
    ? trustToken(identity.oidcProviderArn, workload)
    : trustAssociation(identity.clusterArn, workload);
}

/**
 * Both `sub` and `aud`, exactly: without `aud` a token made for another service would do.
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
 * By the session tags that EKS sets, without which any association in the account could hand out the role; the cluster's ARN names its account.
 * https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html, https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html
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
