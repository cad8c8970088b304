import { CONSENT_TAG, consentOf, consentsTo, type RoleOwner } from "../../../api/ownership.ts";
import { REASON } from "../../../api/reasons.ts";
import { parseArn } from "../../../aws/arn.ts";
import type { AwsSession } from "../../../aws/session.ts";
import { DELAY_MS } from "../../../reconcile/delays.ts";
import type { Failure } from "../../../reconcile/outcome.ts";
import { readPolicy } from "../../policy/compare.ts";
import { trustsServiceAccount } from "../../policy/trusts-service-account.ts";
import type { DesiredAccess } from "../desired.ts";
import { tagsOfRole, type RoleObservation } from "./observe.ts";
import { roleClient, type RoleClient } from "./role-client.ts";

/**
 * The client of a role that another owner made; undefined: the ARN is none of a role in the session's account. IAM
 * finds a role by its name alone, so the ARN of another account would mean a role of this one.
 */
export function existingRoleClient(session: AwsSession, roleArn: string, signal: AbortSignal): RoleClient | undefined {
  const { partition, service, accountId, resource = "" } = parseArn(roleArn) ?? {};
  const name = resource.startsWith("role/") ? resource.split("/").at(-1) : undefined;
  const isHere = partition === session.partition && service === "iam" && accountId === session.accountId;
  if (!isHere || name === undefined || !/^[\w+=,.@-]{1,64}$/.test(name)) return undefined;
  return roleClient(session, name, roleArn, signal);
}

export function notFound(roleArn: string): Failure {
  const message = `Role '${roleArn}' does not exist in the account of the bucket: create it, or correct spec.role.arn`;
  return { reason: REASON.roleNotFound, message, terminal: true, retryAfterMs: DELAY_MS.reference };
}

/** Why nothing may be written to an existing role; undefined: its owner consents. */
export function consentFailure(roleArn: string, { role }: RoleObservation, owner: RoleOwner): Failure | undefined {
  if (role.Arn !== roleArn) return notFound(roleArn);
  if (consentsTo(tagsOfRole(role), owner)) return undefined;
  const message =
    `Role '${roleArn}' does not let ServiceAccount '${owner.name}' have it, and nothing is granted: ` +
    `ask its owner to tag it with '${CONSENT_TAG}', whose value contains '${consentOf(owner)}', separated from others by a space`;
  return { reason: REASON.roleNotConsented, message, terminal: true, retryAfterMs: DELAY_MS.reference };
}

/** Why Pods cannot assume an existing role, whose trust policy is its owner's; undefined: they can, or it depends. */
export function trustFailure(
  { pods, roleArn }: Pick<DesiredAccess, "pods" | "roleArn">,
  { role }: RoleObservation,
): Failure | undefined {
  if (pods === undefined) return undefined;
  const trust = readPolicy(role.AssumeRolePolicyDocument ?? "");
  const judgement = trust && trustsServiceAccount(trust, pods.identity, pods.workload);
  if (judgement?.outcome === "Allowed" || judgement?.outcome === "Depends") return undefined;
  const { namespace, serviceAccount } = pods.workload;
  const message =
    `The trust policy of role '${roleArn}' does not let Pods of ServiceAccount '${namespace}/${serviceAccount}' assume it by ${pods.identity.type}: ` +
    "ask the role's owner to trust them; the permissions are in the role";
  return { reason: REASON.roleNotTrusting, message, terminal: true };
}
