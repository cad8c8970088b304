import type { Grant } from "../api/types.ts";
import { asList } from "../aws/policy/document.ts";
import { cut } from "../reconcile/change.ts";
import { actionsOn, groupsOf, PERMISSIONS, reachOf, singleGroupsOf, type Reach } from "./policy/grants.ts";
import { statementsOnKeys } from "./policy/kms.ts";
import type { AccessBucket, Workload, WorkloadIdentity } from "./policy/model.ts";
import { EVERY_KEY } from "./policy/prefix.ts";

/** Bound of the CRD. */
const MAX_LINE = 1_024;

/** Who is granted access. */
export type Grantee = { workload: Workload; identity: WorkloadIdentity["type"] } | { principals: readonly string[] };

/** For `status.policy.summary`: one line for each group of actions. Joins overlapping grants, as the policies do. */
export function summarize(grantee: Grantee, grants: readonly Grant[], bucket: AccessBucket): string[] {
  const reach = reachOf(grants);
  const lines = [`In bucket ${bucket.name}, ${whoIs(grantee)} may`, ...bucketLines(reach), ...keyLines(reach, bucket)];
  return lines.map((line) => cut(line, MAX_LINE));
}

function whoIs(grantee: Grantee): string {
  if ("principals" in grantee) return [...grantee.principals].sort().join(", ");
  const { namespace, serviceAccount } = grantee.workload;
  return `ServiceAccount ${namespace}/${serviceAccount} by ${grantee.identity}`;
}

/** One line for each set of permissions, or for each permission if these are fewer; then the actions on the bucket. */
function bucketLines(reach: Reach): string[] {
  const [bySet, byPermission] = [groupsOf(reach, PERMISSIONS), singleGroupsOf(reach, PERMISSIONS)];
  const groups = byPermission.length < bySet.length ? byPermission : bySet;
  const onBucket = actionsOn(
    PERMISSIONS.filter((permission) => reach[permission].length > 0),
    "Bucket",
  );
  return [
    ...groups.map(({ permissions, prefixes }) =>
      prefixes.includes(EVERY_KEY)
        ? `${actionsOn(permissions, "Objects", "Lists", "WholeBucket").join(", ")} on every key`
        : `${actionsOn(permissions, "Objects", "Lists").join(", ")} below ${prefixes.join(", ")}`,
    ),
    ...(onBucket.length > 0 ? [`${onBucket.join(", ")} on the bucket`] : []),
  ];
}

function keyLines(reach: Reach, bucket: AccessBucket): string[] {
  const statements = statementsOnKeys(reach, bucket);
  const keys = new Set(statements.flatMap(({ Resource }) => asList(Resource)));
  return [...keys].map((key) => {
    const ofKey = statements.filter(({ Resource }) => asList(Resource).includes(key));
    const actions = new Set(ofKey.flatMap(({ Action }) => asList(Action)));
    return `${[...actions].join(", ")} with ${key}, through S3 only`;
  });
}
