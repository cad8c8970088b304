import type { S3BucketSpec } from "../../api/types.ts";
import { SID_PREFIX } from "./compose.ts";
import type { Principal, Statement } from "./document.ts";

type StatementSpec = NonNullable<NonNullable<S3BucketSpec["policy"]>["statements"]>[number];
type PrincipalsSpec = NonNullable<StatementSpec["principals"]>;

/** Marks the statements that a user wrote in the spec; the Sid tells whose they are, so that one that leaves the spec leaves the policy. */
const USER_PREFIX = `${SID_PREFIX}Spec`;

/** A statement of `spec.policy.statements` as AWS has it; `{bucket}` in its resources stands for the bucket's ARN. */
export function userStatement(spec: StatementSpec, bucketArn: string): Statement {
  const { principals, notPrincipals, actions, notActions, resources, notResources, conditions } = spec;
  const fill = (resource: string) => resource.replace("{bucket}", () => bucketArn);
  return {
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
  };
}

/** Everybody is written `"*"`, the form that auditors look for. */
function toPrincipal({ aws, service, federated, canonicalUser }: PrincipalsSpec): Principal {
  if (aws?.includes("*")) return "*";
  return {
    ...(aws && { AWS: aws }),
    ...(service && { Service: service }),
    ...(federated && { Federated: federated }),
    ...(canonicalUser && { CanonicalUser: canonicalUser }),
  };
}

function toCondition(conditions: NonNullable<StatementSpec["conditions"]>): Record<string, Record<string, string[]>> {
  const condition: Record<string, Record<string, string[]>> = {};
  for (const { operator, key, values } of conditions) condition[operator] = { ...condition[operator], [key]: values };
  return condition;
}
