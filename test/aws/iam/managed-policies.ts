/**
 * Managed policies: the account's own, and a few AWS managed policies.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html
 */

import { AwsError } from "../errors.ts";
import type { QueryAction, QueryContext } from "../query.ts";
import type { Account } from "../state.ts";
import { element, type XmlElement } from "../xml.ts";
import { alreadyExists, limitExceeded, noSuchEntity } from "./errors.ts";
import { partitionOf } from "./global-region.ts";
import { checkIdentityPolicy, sizeOf } from "./identity-policy.ts";
import { PAGE_PARAMETERS, pageElements } from "./page.ts";
import { callerAccount, nameParameter, pathParameter } from "./parameters.ts";
import { encodedDocument, timestamp } from "./role-element.ts";

export const ADMINISTRATOR_ACCESS = "arn:aws:iam::aws:policy/AdministratorAccess";

const allow = (...Action: string[]) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource: "*" }] });

/** https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html */
const OF_AWS = new Map([
  [ADMINISTRATOR_ACCESS, allow("*")],
  ["arn:aws:iam::aws:policy/AmazonS3FullAccess", allow("s3:*", "s3-object-lambda:*")],
  [
    "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
    allow("s3:Get*", "s3:List*", "s3:Describe*", "s3-object-lambda:Get*", "s3-object-lambda:List*"),
  ],
  ["arn:aws:iam::aws:policy/AmazonSQSFullAccess", allow("sqs:*")],
  ["arn:aws:iam::aws:policy/AmazonSSMReadOnlyAccess", allow("ssm:Describe*", "ssm:Get*", "ssm:List*")],
]);

/** Characters without white space: FACTS.md#iam-roles. */
const MAX_SIZE = 6144;
const POLICY_PATH = /^\/([\x21-\x7E]+\/)?$/;
const PATH_PREFIX = /^\/[\x21-\x7E]*$/;

const arnParameter = (parameters: URLSearchParams) => parameters.get("PolicyArn") ?? "";

export const managedPolicyActions: QueryAction[] = [
  {
    operation: "CreatePolicy",
    write: true,
    parameters: ["PolicyName", "Path", "PolicyDocument", "Description"],
    resource: newArn,
    handle: (parameters, context) => {
      const { managedPolicies } = callerAccount(context);
      const name = nameParameter(parameters, "PolicyName", 128);
      pathParameter(parameters, "Path", POLICY_PATH);
      const document = parameters.get("PolicyDocument") ?? "";
      checkIdentityPolicy(document);
      if (sizeOf(document) > MAX_SIZE) throw limitExceeded(`Cannot exceed quota for PolicySize: ${MAX_SIZE}`);
      if ([...managedPolicies.keys()].some((arn) => policyName(arn).toLowerCase() === name.toLowerCase())) {
        throw alreadyExists(`A policy called ${name} already exists. Duplicate names are not allowed.`);
      }
      const arn = newArn(parameters, context);
      managedPolicies.set(arn, document);
      return [policyElement("Policy", arn, context)];
    },
  },
  {
    operation: "GetPolicy",
    write: false,
    parameters: ["PolicyArn"],
    resource: arnParameter,
    handle: (parameters, context) => [policyElement("Policy", existing(parameters, context).arn, context)],
  },
  {
    operation: "GetPolicyVersion",
    write: false,
    parameters: ["PolicyArn", "VersionId"],
    resource: arnParameter,
    handle: (parameters, context) => {
      const { arn, document } = existing(parameters, context);
      const version = parameters.get("VersionId") ?? "";
      if (version !== "v1") throw noSuchEntity(`Policy ${arn} version ${version} does not exist or is not attachable.`);
      return [
        element("PolicyVersion", [
          element("Document", encodedDocument(document)),
          element("VersionId", version),
          element("IsDefaultVersion", "true"),
        ]),
      ];
    },
  },
  {
    operation: "DeletePolicy",
    write: true,
    parameters: ["PolicyArn"],
    resource: arnParameter,
    handle: (parameters, context) => {
      const { arn } = existing(parameters, context);
      if (attachments(callerAccount(context), arn) > 0) {
        throw new AwsError(409, "DeleteConflict", "Cannot delete a policy attached to entities.");
      }
      callerAccount(context).managedPolicies.delete(arn);
      return undefined;
    },
  },
  {
    operation: "ListPolicies",
    write: false,
    parameters: ["Scope", "PathPrefix", "OnlyAttached", ...PAGE_PARAMETERS],
    resource: (_, { caller }) => `arn:aws:iam::${caller.accountId}:policy/`,
    handle: (parameters, context) => {
      const account = callerAccount(context);
      const scope = parameters.get("Scope") ?? "All";
      const prefix = pathParameter(parameters, "PathPrefix", PATH_PREFIX);
      const onlyAttached = parameters.get("OnlyAttached") === "true";
      const listed = [
        ...(scope === "AWS" ? [] : account.managedPolicies.keys()),
        ...(scope === "Local" ? [] : OF_AWS.keys()),
      ].filter((arn) => pathOf(arn).startsWith(prefix) && (!onlyAttached || attachments(account, arn) > 0));
      return pageElements("Policies", parameters, listed, policyName, (arn) => policyElement("member", arn, context));
    },
  },
];

/** JSON of the policy; undefined if this account cannot attach it. */
export function findManagedPolicy(account: Account, arn: string): string | undefined {
  return OF_AWS.get(arn) ?? account.managedPolicies.get(arn);
}

/** The name after the path. */
export function policyName(arn: string): string {
  return arn.split("/").at(-1) ?? arn;
}

function existing(parameters: URLSearchParams, context: QueryContext): { arn: string; document: string } {
  const arn = arnParameter(parameters);
  const document = findManagedPolicy(callerAccount(context), arn);
  if (document === undefined) throw noSuchEntity(`Policy ${arn} was not found.`);
  return { arn, document };
}

function newArn(parameters: URLSearchParams, { caller, region }: QueryContext): string {
  const path = parameters.get("Path") ?? "/";
  return `arn:${partitionOf(region)}:iam::${caller.accountId}:policy${path}${parameters.get("PolicyName") ?? ""}`;
}

/** Policies have one version, which never changes, and no times. */
function policyElement(name: string, arn: string, context: QueryContext): XmlElement {
  return element(name, [
    element("PolicyName", policyName(arn)),
    element("Arn", arn),
    element("Path", pathOf(arn)),
    element("DefaultVersionId", "v1"),
    element("AttachmentCount", String(attachments(callerAccount(context), arn))),
    element("IsAttachable", "true"),
    element("CreateDate", timestamp(0)),
  ]);
}

function attachments({ roles }: Account, arn: string): number {
  return [...roles.values()].filter(({ attachedPolicies }) => attachedPolicies.has(arn)).length;
}

/** Begins and ends with "/". */
function pathOf(arn: string): string {
  return /:policy(\/(?:.*\/)?)/.exec(arn)?.[1] ?? "/";
}
