import type { Grant } from "../api/types.ts";
import { asList } from "../aws/policy/document.ts";
import { cut } from "../reconcile/change.ts";
import { ACTIONS, groupsOf, PERMISSIONS, reachOf, type Reach } from "./policy/grants.ts";
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

function bucketLines(reach: Reach): string[] {
  return groupsOf(reach, PERMISSIONS).map(({ permissions, prefixes }) => {
    const actions = permissions.flatMap((permission) => ACTIONS[permission]);
    const where = prefixes.includes(EVERY_KEY) ? "on every key" : `below ${prefixes.join(", ")}`;
    return `${actions.join(", ")} ${where}`;
  });
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
