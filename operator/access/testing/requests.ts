import { denialOf } from "../../../test/aws/policy/evaluate.ts";
import type { PolicyDocument, Statement } from "../../aws/policy/document.ts";
import { policyDocument, type AccessBucket } from "../policy/model.ts";

const ACCOUNT = "111122223333";
export const OTHER_ACCOUNT = "210987654321";
export const KEY_ARN = `arn:aws:kms:eu-central-1:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
export const FORMER_KEY_ARN = KEY_ARN.replace("1234abcd", "f0f0f0f0");
export const BUCKET: AccessBucket = {
  name: "docs",
  arn: "arn:aws:s3:::docs",
  region: "eu-central-1",
  accountId: ACCOUNT,
  formerEncryptions: [],
};
/** A role in another account. */
export const READER = `arn:aws:iam::${OTHER_ACCOUNT}:role/reader`;

const EVERYTHING = policyDocument([{ Effect: "Allow", Action: "*", Resource: "*" }]);

/** A resource's policy that leaves the decision to an account's IAM policies, as KMS's default key policy does. */
export function rootDecides(accountId = ACCOUNT, Action = "*"): Statement {
  return { Effect: "Allow", Principal: { AWS: `arn:aws:iam::${accountId}:root` }, Action, Resource: "*" };
}

/** A caller, and the policies that decide what it may do. */
export interface Rights {
  caller: string;
  identity: PolicyDocument;
  session?: PolicyDocument;
  bucket?: Statement[];
  key?: Statement[];
}

/** A role with an inline policy only. */
export function ownRole(identity: PolicyDocument): Rights {
  return { caller: session(ACCOUNT, "own"), identity };
}

/** A role that allows everything, restricted by a session policy. */
export function sharedRole(sessionPolicy: PolicyDocument): Rights {
  return { caller: session(ACCOUNT, "shared"), identity: EVERYTHING, session: sessionPolicy };
}

/** A role in another account, where it is allowed everything. */
export function foreignRole(bucket: Statement[], key: Statement[], name = "reader"): Rights {
  return { caller: session(OTHER_ACCOUNT, name), identity: EVERYTHING, bucket, key };
}

function session(accountId: string, role: string): string {
  return `arn:aws:sts::${accountId}:assumed-role/${role}/session`;
}

export interface Request {
  action: string;
  /** An ARN. */
  resource: string;
  /** Account that owns the bucket or key; absent: the one of the bucket in these tests. */
  owner?: string;
  context?: Record<string, string>;
}

/** Whether AWS allows the request, as a third-party evaluator of IAM policies decides. */
export async function isAllowed(
  rights: Rights,
  { action, resource, owner = ACCOUNT, context = {} }: Request,
): Promise<boolean> {
  const { caller, identity, session, bucket = [], key = [] } = rights;
  const onResource = action.startsWith("kms:") ? [rootDecides(ACCOUNT, "kms:*"), ...key] : bucket;
  const [, , , , accountId, role = ""] = caller.split(":");
  const known = {
    "aws:PrincipalArn": `arn:aws:iam::${accountId}:role/${role.split("/")[1]}`,
    "aws:username": "user",
    "aws:userid": "AROAEXAMPLE:session",
    "aws:ResourceAccount": owner,
  };
  const question = { principal: caller, action, resource, resourceAccount: owner, context: { ...known, ...context } };
  const denial = await denialOf(question, {
    identity: [{ ...identity }],
    permissionsBoundary: undefined,
    session: session && { ...session },
    resource: onResource.length === 0 ? undefined : { ...policyDocument(onResource) },
  });
  return denial === undefined;
}

/** Whether the principal may assume a role with that trust policy. `context`: the condition keys of the request. */
export async function isTrusted(
  trust: PolicyDocument,
  principal: string,
  action: string,
  context: Record<string, string>,
): Promise<boolean> {
  const resource = `arn:aws:iam::${ACCOUNT}:role/own`;
  const question = { principal, action, resource, resourceAccount: ACCOUNT, context };
  const policies = { identity: [], permissionsBoundary: undefined, session: undefined, resource: { ...trust } };
  return (await denialOf(question, policies)) === undefined;
}
