import type { Grant } from "../../api/types.ts";
import type { PolicyDocument, Statement } from "../../aws/policy/document.ts";
import {
  actionsOn,
  groupsOf,
  PERMISSIONS,
  permissionsOn,
  reachesEveryKey,
  reachOf,
  singleGroupsOf,
  type Group,
  type Permission,
  type Reach,
} from "./grants.ts";
import { statementsOnKeys } from "./kms.ts";
import { oneOrMany, policyDocument, type AccessBucket } from "./model.ts";
import { keyPattern, objectArnPattern } from "./prefix.ts";

const ON_OBJECTS = permissionsOn("Objects");
const ON_LISTS = permissionsOn("Lists");

/** The bucket of statements. `accountId` absent: they do not say whose bucket it is, as in its own policy. */
type StatedBucket = Pick<AccessBucket, "arn"> & Partial<Pick<AccessBucket, "accountId">>;

/**
 * The inline policy of one BucketAccess in a role: what the grants allow, and the KMS actions that this takes. Equal
 * and as short as possible for grants of the same meaning. size-limits.ts has the limits.
 */
export function permissionsPolicy(grants: readonly Grant[], bucket: AccessBucket): PolicyDocument {
  return policyDocument(accessStatements(reachOf(grants), bucket));
}

/** Statements on the bucket, which say whose it is, and on its keys. */
export function accessStatements(reach: Reach, bucket: AccessBucket): Statement[] {
  return [...bucketStatements(reach, bucket), ...statementsOnKeys(reach, bucket)];
}

/** Statements on S3: objects below the prefixes, the bucket itself, and lists of keys below the prefixes. */
export function bucketStatements(reach: Reach, bucket: StatedBucket): Statement[] {
  return [...unconditional(reach, bucket), ...lists(reach, bucket)];
}

interface Part {
  actions: readonly string[];
  arns: readonly string[];
}

/** Statements without a condition on the prefix. */
function unconditional(reach: Reach, bucket: StatedBucket): Statement[] {
  const onBucket = PERMISSIONS.flatMap((permission) => {
    if (reachesEveryKey(reach, permission)) return actionsOn([permission], "Lists", "Bucket", "WholeBucket");
    return reach[permission].length === 0 ? [] : actionsOn([permission], "Bucket");
  });
  return shorter(reach, ON_OBJECTS, (groups) => {
    const onObjects = groups.map(({ permissions, prefixes }) => ({
      actions: actionsOn(permissions, "Objects"),
      arns: prefixes.map((prefix) => objectArnPattern(bucket.arn, prefix)),
    }));
    const parts = onBucket.length === 0 ? onObjects : withBucket(onObjects, { actions: onBucket, arns: [bucket.arn] });
    return parts.map(({ actions, arns }) => allow(bucket, actions, arns));
  });
}

/**
 * Adds the actions on the bucket to a part. An action on objects does not apply to the bucket, and the reverse, so that
 * a statement of both allows the same as two, and is shorter; shortest with a part that has lists already.
 */
function withBucket(onObjects: readonly Part[], onBucket: Part): Part[] {
  const lists = ({ actions, arns }: Part) => Number(actions.length > 1) + Number(arns.length > 1);
  const [host] = onObjects.toSorted((a, b) => lists(b) - lists(a));
  if (host === undefined) return [onBucket];
  const joined = { actions: [...host.actions, ...onBucket.actions], arns: [...host.arns, ...onBucket.arns] };
  return onObjects.map((part) => (part === host ? joined : part));
}

/** A list request without a prefix has no `s3:prefix`, so it is not among these. */
function lists(reach: Reach, bucket: StatedBucket): Statement[] {
  const below = ON_LISTS.filter((permission) => !reachesEveryKey(reach, permission));
  return shorter(reach, below, (groups) =>
    groups.map(({ permissions, prefixes }) =>
      allow(bucket, actionsOn(permissions, "Lists"), [bucket.arn], prefixes.map(keyPattern)),
    ),
  );
}

/** The shorter of two forms: a statement for each set of permissions, or one for each permission. */
function shorter(
  reach: Reach,
  among: readonly Permission[],
  statementsFor: (groups: readonly Group[]) => Statement[],
): Statement[] {
  const bySet = statementsFor(groupsOf(reach, among));
  const byPermission = statementsFor(singleGroupsOf(reach, among));
  return lengthOf(byPermission) < lengthOf(bySet) ? byPermission : bySet;
}

/**
 * `aws:ResourceAccount` is in every request to S3. With it, the statement does not apply to a bucket that another
 * account creates under the name of a deleted one.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-resourceaccount
 */
function allow(
  { accountId }: StatedBucket,
  actions: readonly string[],
  arns: readonly string[],
  keys?: readonly string[],
): Statement {
  const condition = {
    ...(accountId !== undefined && { StringEquals: { "aws:ResourceAccount": accountId } }),
    ...(keys !== undefined && { StringLike: { "s3:prefix": oneOrMany(keys) } }),
  };
  return {
    Effect: "Allow",
    Action: oneOrMany(actions),
    Resource: oneOrMany(arns),
    ...(Object.keys(condition).length > 0 && { Condition: condition }),
  };
}

function lengthOf(statements: readonly Statement[]): number {
  return JSON.stringify(statements).length;
}
