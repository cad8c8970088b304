import type { PolicyStatement, Principals } from "../../../api/types.ts";
import type { ConditionBlock, Principal, Statement } from "../../../aws/policy/document.ts";
import { opaqueNames } from "../../../aws/policy/opaque-principals.ts";
import { hexHash } from "../../../reconcile/fingerprint.ts";
import { SID_PREFIX } from "../compose.ts";
import type { Template } from "./context.ts";

/** Sid prefix of statements of the spec, so that one removed from the spec is removed from the policy. */
export const USER_PREFIX = `${SID_PREFIX}Spec`;

export const userStatements: Template = ({ statements = [] }, { bucketArn }) =>
  statements.map((statement) => userStatement(statement, bucketArn));

/** Converts one statement of the spec; `{bucket}` in its resources stands for the bucket's ARN. */
export function userStatement(spec: PolicyStatement, bucketArn: string): Statement {
  const { principals, notPrincipals, actions, notActions, resources, notResources, conditions } = spec;
  const fill = (resource: string) => resource.replace("{bucket}", () => bucketArn);
  return distinguished({
    Sid: `${USER_PREFIX}${spec.sid}`,
    Effect: spec.effect,
    ...(principals && { Principal: toPrincipal(principals) }),
    ...(notPrincipals && { NotPrincipal: toPrincipal(notPrincipals) }),
    ...(actions && { Action: actions }),
    ...(notActions && { NotAction: notActions }),
    ...(notResources
      ? { NotResource: notResources.map(fill) }
      : { Resource: resources?.map(fill) ?? [bucketArn, `${bucketArn}/*`] }),
    ...(conditions && { Condition: toCondition(conditions) }),
  });
}

/** S3 returns opaque names as others, so the Sid has a hash of them: another name in the spec is a difference. */
function distinguished(statement: Statement): Statement {
  const names = opaqueNames(statement);
  if (names.length === 0) return statement;
  return { ...statement, Sid: `${statement.Sid}${HASH_MARK}${hexHash(names.sort().join(" "), 8)}` };
}

const HASH_MARK = "Names";

/** The name of a statement in the spec, from its Sid. */
export function userSid(sid: string): string {
  return sid.slice(USER_PREFIX.length).replace(new RegExp(`${HASH_MARK}[0-9a-f]{8}$`), "");
}

/** All principals are written as `"*"`, the form that Security Hub checks. */
function toPrincipal({ aws, service, federated, canonicalUser }: Principals): Principal {
  if (aws?.includes("*")) return "*";
  return {
    ...(aws && { AWS: aws }),
    ...(service && { Service: service }),
    ...(federated && { Federated: federated }),
    ...(canonicalUser && { CanonicalUser: canonicalUser }),
  };
}

function toCondition(conditions: NonNullable<PolicyStatement["conditions"]>): ConditionBlock {
  const condition: ConditionBlock = {};
  for (const { operator, key, values } of conditions) condition[operator] = { ...condition[operator], [key]: values };
  return condition;
}
