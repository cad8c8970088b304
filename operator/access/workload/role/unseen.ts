import { BUCKET_ACCESSES } from "../../../api/names.ts";
import type { RoleOwner } from "../../../api/ownership.ts";
import type { BucketAccess } from "../../../api/types.ts";
import type { AccessContext, AccessDependencies } from "../../dependencies.ts";
import { ownerOf } from "../../target.ts";
import { policyNameOf } from "./name.ts";

/** What BucketAccesses have in a role that the operator does not see. */
export interface Unseen {
  /** Their names. */
  names: readonly string[];
  policyNames: readonly string[];
  policyArns: readonly string[];
}

/**
 * The BucketAccesses of a ServiceAccount that only the API server knows: a watch is late, or another operator with the
 * same cluster name manages them. Asked for before anything of a role is removed that could be theirs.
 */
export async function findUnseen(
  { client, directory, cluster }: AccessDependencies,
  { signal }: AccessContext,
  { kind, namespace, name }: RoleOwner,
): Promise<Unseen> {
  if (kind === "BucketAccess") return { names: [], policyNames: [], policyArns: [] };
  const seen = new Set(directory.accessesOf(namespace, name).map(({ metadata }) => metadata.uid));
  const unseen: BucketAccess[] = [];
  let next: string | undefined;
  do {
    const page = await client.list<BucketAccess>(BUCKET_ACCESSES, { namespace, continue: next, signal });
    unseen.push(...page.items.filter((access) => isUser(access, name) && !seen.has(access.metadata.uid)));
    next = page.continue;
  } while (next !== undefined);
  return {
    names: unseen.map(({ metadata }) => metadata.name),
    policyNames: unseen.map((access) => policyNameOf(ownerOf(cluster, access))),
    policyArns: unseen.flatMap(({ spec }) => spec.role?.policyArns ?? []),
  };
}

function isUser({ metadata, spec }: BucketAccess, serviceAccount: string): boolean {
  const refs = spec.serviceAccountRefs ?? [];
  return metadata.deletionTimestamp === undefined && refs.some(({ name }) => name === serviceAccount);
}
