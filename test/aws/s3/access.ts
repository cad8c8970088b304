/**
 * Permissions that an S3 request needs, including those on the KMS key and on the source of a copy.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html
 */

import type { AwsRequest } from "../http.ts";
import type { Access } from "../policy/access.ts";
import type { Bucket, Identity, ObjectVersion, World } from "../state.ts";
import { accountOf, findBucket } from "../world.ts";
import { connectionContext, existingTags, requestContext } from "./condition-keys.ts";
import { copiesTags } from "./copy.ts";
import { readKeyAccesses, writeKeyAccesses } from "./key-access.ts";
import { restorePrincipals } from "./policy-principals.ts";
import { policyOf } from "./policy.ts";
import { isOn } from "./public-access-block.ts";
import { allowsByAcl } from "./public-acl.ts";
import { isElsewhere } from "./reachable-bucket.ts";
import type { Source } from "./route.ts";

export interface S3Request {
  request: AwsRequest;
  world: World;
  caller: Identity;
  /** API name. */
  operation: string;
  bucketName: string;
  key: string;
  /** Each action with its resource ARN. */
  actions: { action: string; resource: string }[];
  sources: Source[];
}

const READS = new Set(["GetObject", "HeadObject", "GetObjectAttributes"]);

/** Empty for a missing bucket and for a bucket in another region: policies do not decide the answer. */
export function s3Accesses(asked: S3Request): Access[] {
  const { request, world, caller, bucketName, key, operation, sources } = asked;
  const bucket = findBucket(world, bucketName);
  if (bucketName === "" || operation === "CreateBucket") return onTheAccount(asked);
  if (bucket === undefined || isElsewhere(bucket, request)) return [];
  const version = versionOf(bucket, key, request.query.get("versionId") ?? undefined);
  const context = { ...requestContext(asked), ...existingTags(version) };
  const ofBucket = bucketAccess(world, bucket);
  return [
    ...asked.actions.map((each) =>
      each.action.startsWith("s3:")
        ? { ...ofBucket, ...each, context, allowedByAcl: isPublicRead(each.action, version, asked) }
        : { ...each, owner: caller.accountId, context: PASSED },
    ),
    ...(READS.has(operation) ? readAccesses(bucket, version, asked) : writeKeyAccesses(bucket, asked)),
    ...sources.flatMap((source) => sourceAccesses(source, asked)),
  ];
}

function isPublicRead(action: string, version: ObjectVersion | undefined, { world, caller, ...asked }: S3Request) {
  const bucket = findBucket(world, asked.bucketName);
  if (caller.outside?.type !== "Anonymous" || action !== "s3:GetObject") return false;
  return bucket !== undefined && version !== undefined && allowsByAcl(world, bucket, version);
}

const PASSED = { "iam:PassedToService": "s3.amazonaws.com" };

function onTheAccount(asked: S3Request): Access[] {
  const owner = asked.caller.accountId;
  return asked.actions.map((each) => ({ ...each, owner, context: requestContext(asked) }));
}

/** Properties that all actions on a bucket and its objects share. */
export function bucketAccess(world: World, bucket: Bucket): Pick<Access, "owner" | "policy" | "restrictPublicBuckets"> {
  const { publicAccessBlock } = accountOf(world, bucket.accountId);
  return {
    owner: bucket.accountId,
    policy: bucket.policy === undefined ? undefined : { ...restorePrincipals(world, policyOf(bucket)) },
    restrictPublicBuckets: isOn("RestrictPublicBuckets", bucket.publicAccessBlock, publicAccessBlock),
  };
}

/** Only callers that may list the key learn that it is missing: FACTS.md#s3-permissions. */
function readAccesses(bucket: Bucket, version: ObjectVersion | undefined, asked: S3Request): Access[] {
  if (version !== undefined) return readKeyAccesses(bucket, version, asked);
  const listing = {
    ...bucketAccess(asked.world, bucket),
    action: "s3:ListBucket",
    resource: `arn:aws:s3:::${bucket.name}`,
    context: { ...connectionContext(asked), "s3:prefix": asked.key },
  };
  return [listing];
}

/** Reading the source of a copy, and copying its tags: FACTS.md#s3-objects. */
function sourceAccesses({ action, bucketName, key, versionId }: Source, asked: S3Request): Access[] {
  const bucket = findBucket(asked.world, bucketName);
  if (bucket === undefined) return [];
  const version = versionOf(bucket, key, versionId);
  const ofSource = {
    ...bucketAccess(asked.world, bucket),
    resource: `arn:aws:s3:::${bucketName}/${key}`,
    context: { ...connectionContext(asked), ...existingTags(version) },
  };
  const tagActions = versionId === undefined ? "s3:GetObjectTagging" : "s3:GetObjectVersionTagging";
  const hasTags = asked.operation === "CopyObject" && copiesTags(asked.request) && (version?.tags.size ?? 0) > 0;
  const target = findBucket(asked.world, asked.bucketName);
  return [
    { ...ofSource, action },
    ...readAccesses(bucket, version, { ...asked, key }),
    ...(hasTags ? [{ ...ofSource, action: tagActions }] : []),
    ...(hasTags && target !== undefined ? [copiedTags(target, version, asked)] : []),
  ];
}

function copiedTags(target: Bucket, version: ObjectVersion | undefined, asked: S3Request): Access {
  return {
    ...bucketAccess(asked.world, target),
    action: "s3:PutObjectTagging",
    resource: `arn:aws:s3:::${target.name}/${asked.key}`,
    context: requestContext({ ...asked, tags: version?.tags ?? new Map<string, string>() }),
  };
}

/** Undefined for a missing key or version, and for a delete marker that hides the key. */
function versionOf({ objects }: Bucket, key: string, versionId: string | undefined): ObjectVersion | undefined {
  const versions = objects.get(key) ?? [];
  if (versionId !== undefined) return versions.find((version) => version.versionId === versionId);
  return versions[0]?.deleteMarker === false ? versions[0] : undefined;
}
