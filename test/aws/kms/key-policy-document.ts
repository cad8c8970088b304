/** Key policies: https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html and aws.md 4. They are kept, not evaluated. */

import { AwsError } from "../errors.ts";
import { shownAwsPrincipal, storedAwsPrincipal } from "../s3/policy-principals.ts";
import type { World } from "../state.ts";
import type { KmsContext } from "./route.ts";

type Json = Record<string, unknown>;

const MAX_BYTES = 32 * 1024;

/** Of a key made without one: the account's identities may do what their own policies say. */
export function defaultKeyPolicy(accountId: string): string {
  const root = { AWS: `arn:aws:iam::${accountId}:root` };
  const statement = {
    Sid: "Enable IAM User Permissions",
    Effect: "Allow",
    Principal: root,
    Action: "kms:*",
    Resource: "*",
  };
  return JSON.stringify({ Version: "2012-10-17", Id: "key-default-1", Statement: [statement] });
}

/** As KMS keeps it, with roles as unique ids. Throws for a policy that is none, is too long, names nobody, or locks its writer out. */
export function storedKeyPolicy(policy: string, bypassLockoutCheck: boolean, context: KmsContext): string {
  if (Buffer.byteLength(policy) > MAX_BYTES) {
    throw new AwsError(400, "LimitExceededException", `The key policy exceeds ${MAX_BYTES} bytes.`);
  }
  const document = parsed(policy);
  if (!bypassLockoutCheck && !statementsOf(document).some((each) => letsPutKeyPolicy(each, context))) {
    throw malformed("The new key policy will not allow you to update the key policy in the future.");
  }
  return JSON.stringify(mapAwsPrincipals(document, (id) => existingPrincipal(context.world, id)));
}

/** As KMS shows it: unique ids as ARNs again, but for those whose role is gone. */
export function shownKeyPolicy(policy: string, { world }: KmsContext): string {
  const shown = mapAwsPrincipals(JSON.parse(policy) as Json, (id) => shownAwsPrincipal(world, id));
  return JSON.stringify(shown, undefined, 2);
}

/** A document in which each statement has an effect and a principal. */
function parsed(policy: string): Json {
  const document = parseJson(policy);
  const isComplete = ({ Effect, Principal }: Json) =>
    (Effect === "Allow" || Effect === "Deny") && (Principal === "*" || isObject(Principal));
  const statements = document === undefined ? [] : statementsOf(document);
  if (document === undefined || statements.length === 0 || !statements.every(isComplete)) {
    throw malformed("The key policy is not valid.");
  }
  return document;
}

/** Whether a statement lets the caller, or all of the account, write the policy again. */
function letsPutKeyPolicy({ Effect, Principal, Action, Condition }: Json, { caller }: KmsContext): boolean {
  const root = `arn:aws:iam::${caller.accountId}:root`;
  const role = /^arn:aws:sts::(\d{12}):assumed-role\/([^/]+)\//.exec(caller.arn);
  const names = new Set<unknown>([
    "*",
    root,
    caller.accountId,
    caller.arn,
    role && `arn:aws:iam::${role[1]}:role/${role[2]}`,
  ]);
  const principals = isObject(Principal) ? listOf(Principal["AWS"]) : [Principal];
  const actions = listOf(Action).map((action) => String(action).toLowerCase());
  return (
    Effect === "Allow" &&
    Condition === undefined &&
    principals.some((principal) => names.has(principal)) &&
    actions.some((action) => ["*", "kms:*", "kms:put*", "kms:putkeypolicy"].includes(action))
  );
}

function existingPrincipal(world: World, id: string): string {
  try {
    return storedAwsPrincipal(world, id);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw malformed("Policy contains a statement with one or more invalid principals.");
  }
}

/** All else stays as it was written. */
function mapAwsPrincipals(document: Json, change: (id: string) => string): Json {
  const changed = (ids: unknown) => (Array.isArray(ids) ? ids.map((id) => change(String(id))) : change(String(ids)));
  const statements = statementsOf(document).map((statement) => {
    const { Principal } = statement;
    if (!isObject(Principal) || Principal["AWS"] === undefined) return statement;
    return { ...statement, Principal: { ...Principal, AWS: changed(Principal["AWS"]) } };
  });
  return { ...document, Statement: statements };
}

function statementsOf({ Statement }: Json): Json[] {
  return listOf(Statement).filter(isObject);
}

function parseJson(policy: string): Json | undefined {
  try {
    const value = JSON.parse(policy) as unknown;
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function malformed(message: string): AwsError {
  return new AwsError(400, "MalformedPolicyDocumentException", message);
}
