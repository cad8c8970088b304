import { asList, type Statement } from "../../aws/policy/document.ts";
import { readPolicy } from "../policy/compare.ts";
import { POD_IDENTITY } from "../policy/trust.ts";

/** What the trust policies of this cluster's roles name. */
export interface TrustedIdentities {
  /** ARNs of OIDC providers. */
  providers: ReadonlySet<string>;
  /** ARNs of EKS clusters. */
  clusterArns: ReadonlySet<string>;
}

/**
 * Whom a role trusts. `Cluster`: this cluster alone. `Tokens`: only tokens of OIDC providers, others than this
 * cluster's. `Others`: also, or only, other callers.
 */
export type Trust = "Cluster" | "Tokens" | "Others";

/**
 * Tells roles of this cluster from those of another cluster of the same name in the AWS account. Pure.
 * @param document the trust policy as IAM returns it
 */
export function trustOf(document: string | undefined, ours: TrustedIdentities): Trust {
  const statements = readPolicy(document ?? "")?.Statement.filter(({ Effect }) => Effect === "Allow") ?? [];
  if (statements.length === 0) return "Others";
  if (statements.every((statement) => trustsCluster(statement, ours))) return "Cluster";
  return statements.every((statement) => tokenIssuers(statement).length > 0) ? "Tokens" : "Others";
}

/** Whether the role trusts this cluster, perhaps among others. */
export function mentionsCluster(document: string | undefined, ours: TrustedIdentities): boolean {
  const statements = readPolicy(document ?? "")?.Statement.filter(({ Effect }) => Effect === "Allow") ?? [];
  return statements.some(
    (statement) => tokenIssuers(statement).some((arn) => ours.providers.has(arn)) || trustsPodIdentity(statement),
  );
}

function trustsCluster(statement: Statement, { providers, clusterArns }: TrustedIdentities): boolean {
  const issuers = tokenIssuers(statement);
  if (issuers.length > 0) return issuers.every((arn) => providers.has(arn));
  const clusters = asList(statement.Condition?.["StringEquals"]?.["aws:RequestTag/eks-cluster-arn"]).map(String);
  return trustsPodIdentity(statement) && clusters.length > 0 && clusters.every((arn) => clusterArns.has(arn));
}

/** ARNs of OIDC providers; empty if the statement names other principals. */
function tokenIssuers({ Principal }: Statement): string[] {
  if (Principal === undefined || Principal === "*" || Object.keys(Principal).length !== 1) return [];
  const issuers = asList(Principal["Federated"]);
  return issuers.every((arn) => arn.includes(":oidc-provider/")) ? issuers : [];
}

function trustsPodIdentity({ Principal }: Statement): boolean {
  if (Principal === undefined || Principal === "*" || Object.keys(Principal).length !== 1) return false;
  const services = asList(Principal["Service"]);
  return services.length === 1 && services[0] === POD_IDENTITY;
}
