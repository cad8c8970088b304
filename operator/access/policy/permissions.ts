import type { Grant } from "../../api/types.ts";
import type { PolicyDocument, Statement } from "../../aws/policy/document.ts";
import { ACTIONS, type Group, groupsOf, type Permission, type Reach, reachOf } from "./grants.ts";
import { statementsOnKeys } from "./kms.ts";
import { type AccessBucket, oneOrMany, policyDocument } from "./model.ts";
import { EVERY_KEY, keyPattern, objectArnPattern } from "./prefix.ts";

const ON_OBJECTS = ["Read", "Write", "Delete"] as const satisfies readonly Permission[];

/** The role's inline policy, or a shared role's session policy. Equal for equal grants; see size-limits.ts. */
export function permissionsPolicy(grants: readonly Grant[], bucket: AccessBucket): PolicyDocument {
  const reach = reachOf(grants);
  return policyDocument([...bucketStatements(reach, bucket.arn), ...statementsOnKeys(reach, bucket)]);
}

/** S3 permissions: on objects below the prefixes, and to list their keys. */
export function bucketStatements(reach: Reach, bucketArn: string): Statement[] {
  return [...objectStatements(reach, bucketArn), ...listStatements(reach.List, bucketArn)];
}

/** The shorter form: one statement for each set of permissions, or one for each permission. */
function objectStatements(reach: Reach, bucketArn: string): Statement[] {
  const allow = ({ permissions, prefixes }: Group): Statement => ({
    Effect: "Allow",
    Action: oneOrMany(permissions.flatMap((permission) => ACTIONS[permission])),
    Resource: oneOrMany(prefixes.map((prefix) => objectArnPattern(bucketArn, prefix))),
  });
  const bySet = groupsOf(reach, ON_OBJECTS).map(allow);
  const byPermission = ON_OBJECTS.filter((permission) => reach[permission].length > 0).map((permission) =>
    allow({ permissions: [permission], prefixes: reach[permission] }),
  );
  return lengthOf(byPermission) < lengthOf(bySet) ? byPermission : bySet;
}

/** A list request without prefix has no `s3:prefix`, so it is allowed only with a grant for every key. */
function listStatements(prefixes: readonly string[], bucketArn: string): Statement[] {
  if (prefixes.length === 0) return [];
  const allow: Statement = { Effect: "Allow", Action: oneOrMany(ACTIONS.List), Resource: bucketArn };
  if (prefixes.includes(EVERY_KEY)) return [allow];
  return [{ ...allow, Condition: { StringLike: { "s3:prefix": oneOrMany(prefixes.map(keyPattern)) } } }];
}

function lengthOf(statements: readonly Statement[]): number {
  return JSON.stringify(statements).length;
}
