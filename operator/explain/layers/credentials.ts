import { ROLE_ARN_ANNOTATION } from "../../access/outputs/service-account.ts";
import type { Workload, WorkloadIdentity } from "../../access/policy/model.ts";
import { trustsServiceAccount } from "../../access/policy/trusts-service-account.ts";
import type { BucketAccess, RoleStatus } from "../../api/types.ts";
import { clusterArn, parseArn } from "../../aws/arn.ts";
import { asList, type PolicyDocument } from "../../aws/policy/document.ts";
import type { KubeObject } from "../../kube/object.ts";
import type { Findings, Read } from "../findings.ts";
import { allowed, blocks, cannotBeRead, cannotTell, depends, type Layer } from "./layer.ts";

export const SERVICE_ACCOUNT = "ServiceAccount";
export const TRUST_POLICY = "trust policy";

const RESTART = "then restart the Pods";

/** The ServiceAccount of the role, and its Pod Identity association. */
export interface Credentials {
  access: BucketAccess;
  role: RoleStatus;
  /** Value undefined: it does not exist. */
  serviceAccount: Read<KubeObject | undefined>;
  findings: Findings;
}

/** Whether Pods get this role. Pure. */
export function serviceAccountLayer(credentials: Credentials): Layer {
  return usesAssociation(credentials) ? byAssociation(credentials) : byAnnotation(credentials);
}

/** An association is there, or is to be. */
function usesAssociation({ access: { spec }, role }: Credentials): boolean {
  return role.associationArn !== undefined || spec.identity === "PodIdentity" || spec.role?.type === "Shared";
}

/**
 * EKS gives Pods the role of the association, also if the ServiceAccount has the annotation for another one:
 * https://github.com/aws/amazon-eks-pod-identity-webhook/blob/master/pkg/handler/handler.go
 */
function byAssociation({ role: { arn, serviceAccount = "" }, findings: { association } }: Credentials): Layer {
  if (association?.remedy !== undefined) return cannotBeRead(SERVICE_ACCOUNT, association.remedy);
  const found = association?.value;
  const name = `ServiceAccount '${serviceAccount}'`;
  if (found === undefined)
    return blocks(
      SERVICE_ACCOUNT,
      `no Pod Identity association gives ${name} the role`,
      "see the BucketAccess's condition",
    );
  if (found.roleArn === arn) return allowed(SERVICE_ACCOUNT, `the Pod Identity association gives ${name} the role`);
  return blocks(
    SERVICE_ACCOUNT,
    `the Pod Identity association gives ${name} another role, ${found.roleArn}`,
    `delete that association, or add the grants to the BucketAccess that it belongs to, ${RESTART}`,
  );
}

function byAnnotation({ access: { spec }, role: { arn, serviceAccount: name }, serviceAccount }: Credentials): Layer {
  if (serviceAccount.remedy !== undefined) return cannotBeRead(SERVICE_ACCOUNT, serviceAccount.remedy);
  const found = serviceAccount.value;
  if (found === undefined) return blocks(SERVICE_ACCOUNT, `ServiceAccount '${name}' does not exist`, "create it");
  const annotation = found.metadata.annotations?.[ROLE_ARN_ANNOTATION];
  if (annotation === arn) return allowed(SERVICE_ACCOUNT, `the annotation of '${name}' names the role`);
  const remedy = `set the annotation ${ROLE_ARN_ANNOTATION} to ${arn}, ${RESTART}`;
  if (annotation !== undefined)
    return blocks(SERVICE_ACCOUNT, `the annotation of '${name}' names another role, ${annotation}`, remedy);
  const missing = `'${name}' has no annotation ${ROLE_ARN_ANNOTATION}`;
  return spec.annotateServiceAccount === true
    ? blocks(SERVICE_ACCOUNT, missing, "see the BucketAccess's condition")
    : cannotTell(SERVICE_ACCOUNT, `${missing}; Pods get the role only if they set AWS_ROLE_ARN`, remedy);
}

/** Whether the role lets Pods with the ServiceAccount assume it. Undefined: not read. Pure. */
export function trustLayer({ access, role, findings: { trust } }: Credentials): Layer | undefined {
  if (trust === undefined) return undefined;
  if (trust.remedy !== undefined) return cannotBeRead(TRUST_POLICY, trust.remedy);
  const { value: policy } = trust;
  if (policy === undefined) return undefined;
  const workload = { namespace: access.metadata.namespace ?? "", serviceAccount: role.serviceAccount ?? "" };
  const judgements = identitiesOf(role, policy).map((identity) => judgementOf(policy, identity, workload));
  const who = `ServiceAccount '${workload.namespace}/${workload.serviceAccount}'`;
  const best = judgements.find(({ state }) => state === "allowed") ?? judgements[0];
  return (
    best ??
    blocks(TRUST_POLICY, `it trusts no OIDC provider, and so not ${who}`, "ask the owners of the role to trust it")
  );
}

/** The cluster of the association; else each OIDC provider that the trust policy names, since status has none. */
function identitiesOf({ associationArn }: RoleStatus, { Statement }: PolicyDocument): WorkloadIdentity[] {
  const { partition = "", region = "", accountId = "", resource = "" } = parseArn(associationArn ?? "") ?? {};
  const [, cluster] = resource.split("/");
  if (cluster !== undefined)
    return [{ type: "PodIdentity", clusterArn: clusterArn(partition, region, accountId, cluster) }];
  const federated = Statement.flatMap(({ Principal }) => (Principal === "*" ? [] : asList(Principal?.["Federated"])));
  const providers = new Set(federated.filter((arn) => arn.includes(":oidc-provider/")));
  return [...providers].map((oidcProviderArn) => ({ type: "IRSA", oidcProviderArn }));
}

function judgementOf(trust: PolicyDocument, identity: WorkloadIdentity, workload: Workload): Layer {
  const who = `ServiceAccount '${workload.namespace}/${workload.serviceAccount}'`;
  const through = identity.type === "IRSA" ? identity.oidcProviderArn : identity.clusterArn;
  const judgement = trustsServiceAccount(trust, identity, workload);
  switch (judgement.outcome) {
    case "Allowed":
      return allowed(TRUST_POLICY, `it trusts ${who} of ${through}`);
    case "Depends":
      return depends(TRUST_POLICY, judgement.keys);
    case "Denied":
      return blocks(TRUST_POLICY, `statement '${judgement.by}' denies it`, "ask the owners of the role to change it");
    case "NotAllowed":
      return blocks(TRUST_POLICY, `it does not trust ${who} of ${through}`, "ask the owners of the role to trust it");
  }
}
