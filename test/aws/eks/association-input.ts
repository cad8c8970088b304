/** Validates the input of Pod Identity association calls. */

import { isObject, listOf, parseJsonObject, statementsOf } from "../policy-json.ts";
import { lookUpRole } from "../s3/policy-principals.ts";
import type { PodIdentityAssociation } from "../state.ts";
import { invalidParameter, requiredText, text, type EksContext, type EksInput } from "./route.ts";

type Given = Omit<PodIdentityAssociation, "id" | "arn" | "clusterName" | "createdAt" | "modifiedAt">;
type Changeable = Pick<Given, "roleArn" | "targetRoleArn" | "externalId" | "disableSessionTags" | "policy">;

const SERVICE = "pods.eks.amazonaws.com";
/** Characters of a session policy: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const MAX_POLICY = 2048;
const ROLE_ARN = /^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/;
const NAMESPACE = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const SERVICE_ACCOUNT = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;

/** The association that the request asks for. Throws InvalidParameterException. */
export function creation(input: EksInput, context: EksContext): Given {
  const namespace = requiredText(input, "namespace");
  const serviceAccount = requiredText(input, "serviceAccount");
  if (!NAMESPACE.test(namespace)) throw invalidParameter("The namespace is not valid.");
  if (!SERVICE_ACCOUNT.test(serviceAccount)) throw invalidParameter("The service account is not valid.");
  const none = { roleArn: requiredText(input, "roleArn"), disableSessionTags: false, policy: undefined };
  return {
    namespace,
    serviceAccount,
    ...changes(input, { ...none, targetRoleArn: undefined, externalId: undefined, namespace, serviceAccount }, context),
    tags: tagsOf(input["tags"]),
    clientRequestToken: text(input, "clientRequestToken"),
  };
}

/**
 * The association's fields after an update; fields that are not in the request keep their values. An empty string
 * removes a target role or policy: FACTS.md#eks-pod-identity.
 */
export function changes(
  input: EksInput,
  before: Changeable & Pick<Given, "namespace" | "serviceAccount">,
  { region, caller, names: [cluster = ""] }: EksContext,
): Changeable {
  const disableSessionTags = input["disableSessionTags"] ?? before.disableSessionTags;
  if (typeof disableSessionTags !== "boolean") throw invalidParameter("disableSessionTags is not a boolean");
  const policy = (text(input, "policy") ?? before.policy) || undefined;
  const targetRoleArn = (text(input, "targetRoleArn") ?? before.targetRoleArn) || undefined;
  checkPolicy(policy, disableSessionTags);
  const externalId = [region, caller.accountId, cluster, before.namespace, before.serviceAccount].join("/");
  return {
    roleArn: text(input, "roleArn") ?? before.roleArn,
    targetRoleArn,
    externalId: targetRoleArn === undefined ? undefined : externalId,
    disableSessionTags,
    policy,
  };
}

/** The role must exist in this account and trust pods. The target role is not checked: it can be in another account. */
export function checkRoles(
  { roleArn, targetRoleArn }: Pick<Changeable, "roleArn" | "targetRoleArn">,
  { world, caller }: EksContext,
): void {
  if (![roleArn, targetRoleArn ?? roleArn].every((arn) => ROLE_ARN.test(arn)))
    throw invalidParameter("The role ARN is not valid.");
  if (roleArn.split(":")[4] !== caller.accountId) throw invalidParameter("Cross-account pass role is not allowed.");
  const role = lookUpRole(world, roleArn);
  if (role === undefined) throw invalidParameter("Role provided in the request does not exist.");
  if (!trustsPods(role.assumeRolePolicy)) throw invalidParameter("Trust policy of the role provided is invalid.");
}

function trustsPods(assumeRolePolicy: string): boolean {
  return statementsOf(parseJsonObject(assumeRolePolicy) ?? {}).some(
    ({ Effect, Principal }) =>
      Effect === "Allow" && isObject(Principal) && listOf(Principal["Service"]).includes(SERVICE),
  );
}

function checkPolicy(policy: string | undefined, disableSessionTags: boolean): void {
  if (policy === undefined) return;
  if (!disableSessionTags) throw invalidParameter("Session tags must be disabled when a policy is specified.");
  if (policy.length > MAX_POLICY) throw invalidParameter(`The policy exceeds ${MAX_POLICY} characters.`);
  if (parseJsonObject(policy) === undefined) throw invalidParameter("The policy is not valid JSON.");
}

/** https://docs.aws.amazon.com/eks/latest/userguide/eks-using-tags.html */
function tagsOf(value: unknown): Map<string, string> {
  const tags = Object.entries(isObject(value) ? value : {}).map(([key, content]): [string, string] => [
    key,
    String(content),
  ]);
  const isValid = ([key, content]: [string, string]) =>
    key !== "" && key.length <= 128 && content.length <= 256 && !key.toLowerCase().startsWith("aws:");
  if (tags.length > 50 || !tags.every(isValid)) throw invalidParameter("The tags are not valid.");
  return new Map(tags);
}
