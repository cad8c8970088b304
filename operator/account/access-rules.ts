import { REASON } from "../api/reasons.ts";
import type { AWSAccount, WebIdentity } from "../api/types.ts";
import { parseArn } from "../aws/arn.ts";
import type { KubeObject } from "../kube/object.ts";
import type { Failure } from "../reconcile/outcome.ts";
import { matchesAny } from "./patterns.ts";
import { admitsNamespace } from "./resolve.ts";

/** What a BucketAccess asks for beyond grants on the buckets of S3Buckets. */
export interface AccessAsks {
  /** Managed policies to attach. */
  policyArns?: readonly string[] | undefined;
  /** Name of a bucket that no S3Bucket owns. */
  bucketName?: string | undefined;
  /** Existing role. */
  roleArn?: string | undefined;
  webIdentity?: WebIdentity | undefined;
}

/** A namespace by its name; `object` is undefined while the watch does not have it. */
export interface AskingNamespace {
  name: string;
  object: KubeObject | undefined;
}

type Rule = NonNullable<NonNullable<AWSAccount["spec"]["access"]>["rules"]>[number];

/** Why `spec.access.rules` of the account do not allow this; undefined: they do. Discloses no rule. Pure. */
export function accessRuleViolation(
  account: AWSAccount,
  namespace: AskingNamespace,
  asks: AccessAsks,
): Failure | undefined {
  const rules = (account.spec.access?.rules ?? []).filter(
    ({ namespaces }) => namespaces === undefined || admitsNamespace(namespaces, namespace.object, namespace.name),
  );
  const refused = refusedAsks(account.spec.accountId, rules, namespace.name, asks);
  if (refused.length === 0) return undefined;
  const message =
    `AWSAccount '${account.metadata.name}' does not allow this to namespace '${namespace.name}', and nothing is granted: ` +
    `${refused.join("; ")}. Remove it, or ask the platform team for a rule in spec.access.rules of the AWSAccount`;
  return { reason: REASON.notAllowedByAccount, message, terminal: true };
}

function refusedAsks(accountId: string, rules: readonly Rule[], namespace: string, asks: AccessAsks): string[] {
  const matches = (patternsOf: (rule: Rule) => readonly string[] | undefined, text: string) =>
    rules.some((rule) => matchesAny(patternsOf(rule) ?? [], text, namespace));
  const { policyArns = [], bucketName, roleArn, webIdentity } = asks;
  const policies = policyArns.filter((arn) => !matches((rule) => rule.policyArns, arn));
  // IAM finds a role by its name alone, so the ARN of another account would mean a role of this one.
  const isRoleAllowed =
    roleArn === undefined || (isIn(accountId, roleArn) && matches((rule) => rule.roleArns, roleArn));
  const subjects = (webIdentity?.subjects ?? []).filter(
    (subject) => !matches((rule) => subjectsOf(rule, webIdentity?.providerArn), subject),
  );
  return [
    ...policies.map((arn) => `spec.role.policyArns names '${arn}'`),
    ...(isRoleAllowed ? [] : [`spec.role.arn names '${roleArn}'`]),
    ...(bucketName === undefined || matches((rule) => rule.buckets, bucketName) ? [] : [`bucket '${bucketName}'`]),
    ...subjects.map((subject) => `spec.webIdentity names '${subject}' of '${webIdentity?.providerArn}'`),
  ];
}

function isIn(accountId: string, arn: string): boolean {
  return parseArn(arn)?.accountId === accountId;
}

function subjectsOf({ webIdentities = [] }: Rule, providerArn: string | undefined): readonly string[] {
  return webIdentities.filter((allowed) => allowed.providerArn === providerArn).flatMap(({ subjects }) => subjects);
}
