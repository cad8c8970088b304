import { isPaused } from "../../api/annotations.ts";
import type { BucketAccess, S3Bucket } from "../../api/types.ts";
import type { BucketUses, Contributions } from "../../bucket/dependencies.ts";
import { decide, isRefused } from "../decision.ts";
import type { AccessDirectory } from "../dependencies.ts";
import { keyDelayMs } from "../key-delay.ts";
import { accessBucketOf, ownerOf } from "../target.ts";
import { contributionOf, sidPrefixOf } from "./contribution.ts";

/** What buckets need to know of their BucketAccesses. `accessesOf` returns all of them, with or without consent. */
export function createBucketUses(
  directory: AccessDirectory,
  accessesOf: (bucket: S3Bucket) => readonly BucketAccess[],
  cluster: string,
): BucketUses {
  const usersOf = (bucket: S3Bucket) => accessesOf(bucket).filter((access) => !isRefused(decide(directory, access)));
  /** What an access has stays as it is while it is paused, or while its account is not known. */
  const isHeld = (access: BucketAccess) => isPaused(access) || !decide(directory, access).wanted;

  return {
    usersOf,
    keyDelayMs: (bucket, _account, key) =>
      Math.max(0, ...usersOf(bucket).map((access) => keyDelayMs(access, bucket, key))),
    contributionsOf(bucket, _account, at, kmsKeyArn): Contributions {
      const granted = usersOf(bucket).filter(
        ({ metadata, spec }) => metadata.deletionTimestamp === undefined && spec.principals !== undefined,
      );
      const contributions = granted
        .filter((access) => !isHeld(access))
        .toSorted(byKey)
        .flatMap((access) => {
          const { principals, grants } = access.spec;
          const to = accessBucketOf(bucket, access, at, kmsKeyArn);
          return principals === undefined ? [] : [contributionOf(ownerOf(cluster, access), principals, grants, to)];
        });
      return {
        bucketPolicy: contributions.flatMap((contribution) => contribution.bucket),
        keyPolicy: contributions.flatMap((contribution) => contribution.key),
        pausedSids: granted
          .filter(isHeld)
          .map((access) => sidPrefixOf(ownerOf(cluster, access)))
          .sort(),
      };
    },
  };
}

/** A fixed order, so that the policy stays the same. */
function byKey({ metadata: a }: BucketAccess, { metadata: b }: BucketAccess): number {
  const [left, right] = [`${a.namespace}/${a.name}`, `${b.namespace}/${b.name}`];
  return left < right ? -1 : left > right ? 1 : 0;
}
