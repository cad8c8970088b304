import { BUCKET_ACCESSES } from "../../../api/names.ts";
import type { RoleOwner } from "../../../api/ownership.ts";
import type { AWSAccount, BucketAccess } from "../../../api/types.ts";
import { bucketKeyOf } from "../../consent.ts";
import { decide, isRefused, ruleViolation } from "../../decision.ts";
import type { AccessContext, AccessDependencies, AccessDirectory } from "../../dependencies.ts";
import { ownerOf } from "../../target.ts";
import { policyNameOf } from "./name.ts";

/** What a role may have though no contributor asks for it. */
export interface Spared {
  /** BucketAccesses, by name. */
  names: readonly string[];
  policyNames: readonly string[];
  policyArns: readonly string[];
}

/**
 * What the BucketAccesses of a ServiceAccount may have in its role that are no contributors but not refused either: only
 * the API server knows them, since a watch is late or another operator with the same cluster name manages them, or their
 * AWSAccount is missing. Asked for before anything of a role is removed that could be theirs.
 */
export async function findSpared(
  { client, directory, cluster }: AccessDependencies,
  { object, signal }: AccessContext,
  { kind, namespace, name }: RoleOwner,
  account: AWSAccount,
): Promise<Spared> {
  if (kind === "BucketAccess") return { names: [], policyNames: [], policyArns: [] };
  const spared: BucketAccess[] = [];
  let next: string | undefined;
  do {
    const page = await client.list<BucketAccess>(BUCKET_ACCESSES, { namespace, continue: next, signal });
    const others = page.items.filter(({ metadata }) => metadata.uid !== object.metadata.uid);
    spared.push(...others.filter((access) => isUser(access, name) && isSpared(directory, access, name)));
    next = page.continue;
  } while (next !== undefined);
  return {
    names: spared.map(({ metadata }) => metadata.name),
    policyNames: spared.map((access) => policyNameOf(ownerOf(cluster, access))),
    policyArns: spared.flatMap((access) => allowedPolicies(directory, access, account)),
  };
}

function isUser({ metadata, spec }: BucketAccess, serviceAccount: string): boolean {
  const refs = spec.serviceAccountRefs ?? [];
  return metadata.deletionTimestamp === undefined && refs.some(({ name }) => name === serviceAccount);
}

/** The S3Bucket of a BucketAccess that only another operator watches is not known here. */
function isSpared(directory: AccessDirectory, access: BucketAccess, serviceAccount: string): boolean {
  const { namespace = "", uid } = access.metadata;
  const isSeen = directory.accessesOf(namespace, serviceAccount).some(({ metadata }) => metadata.uid === uid);
  const decision = decide(directory, access);
  if (isSeen) return !decision.wanted && !isRefused(decision);
  return !isRefused(decision) || directory.bucket(bucketKeyOf(access)) === undefined;
}

function allowedPolicies(directory: AccessDirectory, access: BucketAccess, account: AWSAccount): readonly string[] {
  const policyArns = access.spec.role?.policyArns ?? [];
  return ruleViolation(directory, access, account, { policyArns }) === undefined ? policyArns : [];
}
