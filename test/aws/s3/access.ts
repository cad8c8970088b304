/**
 * Permissions that an S3 request needs, including those on the KMS key.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html
 */

import { isPresigned, signatureAge } from "../auth.ts";
import type { AwsRequest } from "../http.ts";
import type { Access } from "../policy/access.ts";
import type { RequestContext } from "../policy/evaluate.ts";
import type { Bucket, Identity, World } from "../state.ts";
import { accountOf, findBucket } from "../world.ts";
import { keyAccesses } from "./key-access.ts";
import { restorePrincipals } from "./policy-principals.ts";
import { policyOf } from "./policy.ts";
import { isOn } from "./public-access-block.ts";

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
}

/** Empty for a missing bucket and for a bucket in another region: policies do not decide the answer. */
export function s3Accesses(asked: S3Request): Access[] {
  const { request, world, caller, bucketName, key, operation } = asked;
  const bucket = findBucket(world, bucketName);
  if (bucketName === "" || operation === "CreateBucket") return onTheAccount(asked);
  if (bucket === undefined || bucket.region !== request.scope.region) return [];
  const context = requestContext(asked);
  const ofBucket = bucketAccess(world, bucket);
  const asksForMissing = (operation === "GetObject" || operation === "HeadObject") && !isThere(bucket, asked);
  // Only callers that may list the key learn that it is missing: FACTS.md#s3-permissions.
  const listing = {
    ...ofBucket,
    action: "s3:ListBucket",
    resource: `arn:aws:s3:::${bucketName}`,
    context: { ...connection(asked), "s3:prefix": key },
  };
  return [
    ...asked.actions.map((each) =>
      each.action.startsWith("s3:")
        ? { ...ofBucket, ...each, context }
        : { ...each, owner: caller.accountId, context: PASSED },
    ),
    ...(asksForMissing ? [listing] : []),
    ...keyAccesses(bucket, asked),
  ];
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

function requestContext(asked: S3Request): RequestContext {
  const { query, headers } = asked.request;
  const parameters = {
    prefix: "s3:prefix",
    delimiter: "s3:delimiter",
    "max-keys": "s3:max-keys",
    versionId: "s3:VersionId",
  };
  const given = Object.entries(parameters).flatMap(([name, key]): [string, string][] => {
    const value = query.get(name);
    return value === null ? [] : [[key, value]];
  });
  const sent = Object.entries(headers).filter(([name]) => name.startsWith("x-amz-"));
  return {
    ...connection(asked),
    ...Object.fromEntries(given),
    ...Object.fromEntries(sent.map(([name, value]) => [`s3:${name}`, value])),
  };
}

/**
 * Condition keys of the connection. Only presigned URLs have a signature age.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/bucket-policy-s3-sigv4-conditions.html
 */
function connection({ request, world }: Pick<S3Request, "request" | "world">): RequestContext {
  const age = signatureAge(world, request);
  return {
    ...(age !== undefined && { "s3:signatureAge": String(age) }),
    "s3:authType": isPresigned(request) ? "REST-QUERY-STRING" : "REST-HEADER",
    "s3:signatureversion": "AWS4-HMAC-SHA256",
    ...(world.tlsVersion !== undefined && { "s3:TlsVersion": world.tlsVersion }),
  };
}

function isThere({ objects }: Bucket, { key, request: { query } }: S3Request): boolean {
  const versionId = query.get("versionId");
  const versions = objects.get(key) ?? [];
  if (versionId !== null) return versions.some((version) => version.versionId === versionId);
  return versions[0]?.deleteMarker === false;
}
