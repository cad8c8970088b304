import type { Grant } from "../../api/types.ts";
import type { PolicyDocument, Statement } from "../../aws/policy/document.ts";
import { ACTIONS, groupsOf, permissionsOn, reachOf, type Group, type Reach } from "./grants.ts";
import { statementsOnKeys } from "./kms.ts";
import { oneOrMany, policyDocument, type AccessBucket } from "./model.ts";
import { EVERY_KEY, keyPattern, objectArnPattern } from "./prefix.ts";

const ON_OBJECTS = permissionsOn("Objects");
const ON_KEYS = permissionsOn("Keys");

/**
 * The role's inline policy, also used as the session policy of a shared role: what the grants allow, and the KMS
 * actions that this takes. Equal and as short as possible for grants of the same meaning. size-limits.ts has the
 * limits.
 */
export function permissionsPolicy(grants: readonly Grant[], bucket: AccessBucket): PolicyDocument {
  const reach = reachOf(grants);
  return policyDocument([...bucketStatements(reach, bucket.arn), ...statementsOnKeys(reach, bucket)]);
}

/** Statements on S3: objects below the prefixes, and lists of their keys. */
export function bucketStatements(reach: Reach, bucketArn: string): Statement[] {
  const lists = ON_KEYS.flatMap((permission) => listStatements(ACTIONS[permission], reach[permission], bucketArn));
  return [...objectStatements(reach, bucketArn), ...lists];
}

/** The shorter of two forms: a statement for each set of permissions, or one for each permission. */
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

/** A list request without a prefix has no `s3:prefix`, so it is allowed only with `*`. */
function listStatements(actions: readonly string[], prefixes: readonly string[], bucketArn: string): Statement[] {
  if (prefixes.length === 0) return [];
  const allow: Statement = { Effect: "Allow", Action: oneOrMany(actions), Resource: bucketArn };
  if (prefixes.includes(EVERY_KEY)) return [allow];
  return [{ ...allow, Condition: { StringLike: { "s3:prefix": oneOrMany(prefixes.map(keyPattern)) } } }];
}

function lengthOf(statements: readonly Statement[]): number {
  return JSON.stringify(statements).length;
}
