import { REASON } from "../../api/reasons.ts";
import type { AWSAccount, BucketAccess } from "../../api/types.ts";
import { clusterArn } from "../../aws/arn.ts";
import { stalled } from "../../reconcile/outcome.ts";
import type { WorkloadIdentity } from "../policy/model.ts";
import type { AccessTarget } from "../target.ts";

/** How Pods become a role: the spec decides, or else the account. Throws an OutcomeError if neither says so. */
export function workloadIdentityOf(
  { spec }: BucketAccess,
  { account, session }: Pick<AccessTarget, "account" | "session">,
): WorkloadIdentity {
  const { accountId, region, workloadIdentity } = account.spec;
  const { type, oidcProviderArn, clusterName } = workloadIdentity ?? {};
  const wanted = spec.identity ?? type;
  if (wanted === "IRSA" && oidcProviderArn !== undefined) return { type: wanted, oidcProviderArn };
  if (wanted === "PodIdentity" && clusterName !== undefined) {
    return { type: wanted, clusterArn: clusterArn(session.partition, region, accountId, clusterName) };
  }
  throw notConfigured(account, wanted);
}

function notConfigured({ metadata }: AWSAccount, wanted: WorkloadIdentity["type"] | undefined): Error {
  const field = { IRSA: "oidcProviderArn", PodIdentity: "clusterName" };
  const missing = wanted === undefined ? "spec.workloadIdentity" : `spec.workloadIdentity.${field[wanted]}`;
  const message =
    `AWSAccount '${metadata.name}' does not say how Pods become a role: have ${missing} set` +
    (wanted === undefined ? "" : ", or choose another spec.identity");
  return stalled(REASON.workloadIdentityNotConfigured, message);
}
