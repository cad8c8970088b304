import { isPaused } from "../../api/annotations.ts";
import type { BucketAccess, S3Bucket } from "../../api/types.ts";
import type { BucketUses, Contributions } from "../../bucket/dependencies.ts";
import { consents } from "../consent.ts";
import type { AccessDirectory } from "../dependencies.ts";
import { accessViolation } from "../guardrails.ts";
import { keyDelayMs } from "../key-delay.ts";
import { accessBucketOf, admitsAccess, ownerOf } from "../target.ts";
import { contributionOf, sidPrefixOf } from "./contribution.ts";

/** What buckets need to know of their BucketAccesses. `accessesOf` returns all of them, with or without consent. */
export function createBucketUses(
  directory: AccessDirectory,
  accessesOf: (bucket: S3Bucket) => readonly BucketAccess[],
  cluster: string,
): BucketUses {
  const usersOf = (bucket: S3Bucket) => accessesOf(bucket).filter((access) => consents(directory, bucket, access));

  return {
    usersOf,
    keyDelayMs(bucket, account, key) {
      const admitted = usersOf(bucket).filter((access) => admitsAccess(directory, account, access));
      return Math.max(0, ...admitted.map((access) => keyDelayMs(access, bucket, key)));
    },
    contributionsOf(bucket, account, at, kmsKeyArn): Contributions {
      const granted = usersOf(bucket)
        .filter(({ metadata, spec }) => metadata.deletionTimestamp === undefined && spec.principals !== undefined)
        .filter((access) => admitsAccess(directory, account, access));
      const contributions = granted
        .filter((access) => !isPaused(access) && accessViolation(access, account) === undefined)
        .toSorted(byAge)
        .flatMap((access) => {
          const { principals, grants } = access.spec;
          const to = accessBucketOf(bucket, access, at, kmsKeyArn);
          return principals === undefined ? [] : [contributionOf(ownerOf(cluster, access), principals, grants, to)];
        });
      return {
        bucketPolicy: contributions.flatMap((contribution) => contribution.bucket),
        keyPolicy: contributions.flatMap((contribution) => contribution.key),
        pausedSids: granted
          .filter((access) => isPaused(access))
          .map((access) => sidPrefixOf(ownerOf(cluster, access)))
          .sort(),
      };
    },
  };
}

/** The eldest first, which has its place in a policy first. The order is fixed, so that the policy stays the same. */
function byAge(a: BucketAccess, b: BucketAccess): number {
  const [left, right] = [a, b].map(({ metadata: { creationTimestamp = "", namespace, name } }) =>
    [creationTimestamp, namespace, name].join("/"),
  );
  return (left ?? "") < (right ?? "") ? -1 : 1;
}
