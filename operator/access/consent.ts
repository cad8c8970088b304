import { admitsNamespace } from "../account/resolve.ts";
import { REASON } from "../api/reasons.ts";
import type { BucketAccess, Grant, S3Bucket } from "../api/types.ts";
import type { ObjectKey } from "../kube/object.ts";
import { DELAY_MS } from "../reconcile/delays.ts";
import type { Failure } from "../reconcile/outcome.ts";
import type { AccessDirectory } from "./dependencies.ts";
import { EVERY_KEY } from "./policy/prefix.ts";

type Rule = NonNullable<NonNullable<S3Bucket["spec"]["access"]>["rules"]>[number];

/** Grants and prefixes named in one message. */
const MAX_NAMED = 5;

/** The S3Bucket that the access refers to, which may not exist. */
export function bucketKeyOf({ metadata: { namespace = "" }, spec: { bucketRef } }: BucketAccess): Required<ObjectKey> {
  return { namespace: bucketRef?.namespace ?? namespace, name: bucketRef?.name ?? "" };
}

export function isInOwnNamespace(access: BucketAccess): boolean {
  return bucketKeyOf(access).namespace === access.metadata.namespace;
}

/**
 * Why the S3Bucket does not consent to all that the access asks for; undefined: it does. A bucket consents to its own
 * namespace, and to what its rules allow to others. Names rules only to namespaces that they name. Pure.
 */
export function consentViolation(
  directory: Pick<AccessDirectory, "namespace">,
  { metadata, spec }: S3Bucket,
  access: BucketAccess,
): Failure | undefined {
  const { namespace = "" } = access.metadata;
  if (namespace === metadata.namespace) return undefined;
  const rules = (spec.access?.rules ?? []).filter(({ namespaces }) =>
    admitsNamespace(namespaces, directory.namespace(namespace), namespace),
  );
  if (rules.length === 0) return notAvailable(access);
  const { principals, grants } = access.spec;
  const counting = principals === undefined ? rules : rules.filter((rule) => rule.principals === true);
  if (counting.length === 0) return principalsNotConsented(access);
  const beyond = grants.flatMap((grant) => uncovered(grant, counting) ?? []);
  return beyond.length === 0 ? undefined : notConsented(access, counting, beyond);
}

/** The part of a grant that no rule covers; undefined: the rules cover it. */
function uncovered({ prefix, permissions }: Grant, rules: readonly Rule[]): Grant | undefined {
  const beyond = permissions.filter(
    (permission) =>
      !rules.some((rule) => (rule.permissions?.includes(permission) ?? true) && coversPrefix(rule.prefixes, prefix)),
  );
  return beyond.length === 0 ? undefined : { prefix, permissions: beyond };
}

/** Prefixes end with "/", so that `team-a/` does not cover `team-ab/`. Only a rule without prefixes covers `*`. */
function coversPrefix(allowed: readonly string[] | undefined, prefix: string): boolean {
  if (allowed === undefined) return true;
  return prefix !== EVERY_KEY && allowed.some((each) => prefix.startsWith(each));
}

/** One message for a missing bucket and one without consent: which buckets exist is not disclosed. */
export function notAvailable(access: BucketAccess): Failure {
  const { namespace, name } = bucketKeyOf(access);
  const message = isInOwnNamespace(access)
    ? `S3Bucket '${name}' does not exist: create it`
    : `S3Bucket '${namespace}/${name}' does not exist, or does not let namespace '${access.metadata.namespace}' refer to it: ` +
      "ask its owners, who can allow that by spec.access.rules";
  return { reason: REASON.bucketNotAvailable, message, retryAfterMs: DELAY_MS.reference };
}

function notConsented(access: BucketAccess, rules: readonly Rule[], beyond: readonly Grant[]): Failure {
  const allowed = rules.map(({ permissions = ["every permission"], prefixes = [EVERY_KEY] }) =>
    describe(permissions, prefixes),
  );
  const asked = beyond.map(({ permissions, prefix }) => describe(permissions, [prefix]));
  const remedy = `the bucket lets namespace '${access.metadata.namespace}' have ${list(allowed)}`;
  return refusal(access, `${list(asked)}, while ${remedy}`);
}

function principalsNotConsented(access: BucketAccess): Failure {
  return refusal(access, "spec.principals, which its rules for the namespace do not allow");
}

function refusal(access: BucketAccess, what: string): Failure {
  const { namespace, name } = bucketKeyOf(access);
  const message =
    `S3Bucket '${namespace}/${name}' does not consent to ${what}. Nothing is granted: ` +
    "correct the spec, or ask the bucket's owners for a rule in spec.access.rules";
  return { reason: REASON.notConsented, message, terminal: true };
}

function describe(permissions: readonly string[], prefixes: readonly string[]): string {
  const where = prefixes.includes(EVERY_KEY) ? "on every key" : `below ${list(prefixes.map((each) => `'${each}'`))}`;
  return `${permissions.join(", ")} ${where}`;
}

function list(items: readonly string[]): string {
  const more = items.length > MAX_NAMED ? ` and ${items.length - MAX_NAMED} more` : "";
  return `${items.slice(0, MAX_NAMED).join(" and ")}${more}`;
}
