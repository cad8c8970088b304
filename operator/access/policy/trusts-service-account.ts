import { parseArn } from "../../aws/arn.ts";
import { asList, awsNames, type PolicyDocument, type Statement } from "../../aws/policy/document.ts";
import type { PolicyRequest } from "../../aws/policy/evaluation/request.ts";
import { judge, trustRulingOf, type Judgement } from "../../aws/policy/evaluation/ruling.ts";
import { some, type Truth } from "../../aws/policy/truth.ts";
import type { Workload, WorkloadIdentity } from "./model.ts";
import { claimKeys, POD_IDENTITY, serviceAccountTokens, sessionTags } from "./trust.ts";

/** Who asks STS for a session: an OIDC provider for the bearer of a token, or a service. */
interface Caller {
  type: "Federated" | "Service";
  name: string;
}

/**
 * Whether the trust policy of a role lets Pods with this ServiceAccount assume it: the least favourable judgement of
 * the actions that this takes. `Depends` names condition keys that the operator does not know. Pure.
 */
export function trustsServiceAccount(trust: PolicyDocument, identity: WorkloadIdentity, workload: Workload): Judgement {
  const { caller, actions, context } =
    identity.type === "IRSA" ? withToken(identity.oidcProviderArn, workload) : withAssociation(identity, workload);
  const judgements = actions.map((action) => {
    const request: PolicyRequest = { roleArn: "", action, resource: "", context };
    return judge(trustRulingOf(trust, request, (statement) => names(statement, caller)));
  });
  return (
    judgements.find(({ outcome }) => outcome === "Denied" || outcome === "NotAllowed") ??
    judgements.find(({ outcome }) => outcome === "Depends") ??
    judgements[0] ?? { outcome: "NotAllowed" }
  );
}

interface Attempt {
  caller: Caller;
  actions: readonly string[];
  context: PolicyRequest["context"];
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif */
function withToken(oidcProviderArn: string, workload: Workload): Attempt {
  const { subject, audience } = claimKeys(oidcProviderArn);
  const tokens = serviceAccountTokens(oidcProviderArn, workload);
  return {
    caller: { type: "Federated", name: oidcProviderArn },
    actions: ["sts:AssumeRoleWithWebIdentity"],
    context: {
      [subject]: tokens.subjects,
      [audience]: [tokens.audience],
      "aws:FederatedProvider": [oidcProviderArn],
      "sts:ExternalId": [],
    },
  };
}

/**
 * EKS sends the cluster as the source of the request.
 * https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html
 */
function withAssociation({ clusterArn }: { clusterArn: string }, workload: Workload): Attempt {
  const tags = Object.entries(sessionTags(clusterArn, workload)).map(([key, value]) => [key, [value]] as const);
  return {
    caller: { type: "Service", name: POD_IDENTITY },
    actions: ["sts:AssumeRole", "sts:TagSession"],
    context: {
      ...Object.fromEntries(tags),
      "aws:SourceAccount": [parseArn(clusterArn)?.accountId ?? ""],
      "aws:SourceArn": [clusterArn],
      "aws:SourceOrgID": undefined,
      "aws:SourceOrgPaths": undefined,
      "aws:PrincipalIsAWSService": ["true"],
      "aws:PrincipalServiceName": [POD_IDENTITY],
      "sts:ExternalId": [],
    },
  };
}

/** Whether AWS counts services and tokens among the callers that `*` stands for is not documented. */
function names({ Principal, NotPrincipal }: Statement, { type, name }: Caller): Truth {
  if (NotPrincipal !== undefined) return ["NotPrincipal"];
  if (Principal === undefined) return false;
  const named = Principal === "*" ? [] : asList(Principal[type]);
  const isAnyone = [...named, ...awsNames(Principal)].includes("*");
  return some([named.includes(name), isAnyone ? ["Principal"] : false]);
}
