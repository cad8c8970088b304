/** Checks before every call on an existing bucket. */

import { AwsError } from "../errors.ts";
import type { AwsRequest } from "../http.ts";
import type { Bucket } from "../state.ts";
import { findBucket } from "../world.ts";
import { accessDenied, type Exchange } from "./route.ts";

/** Finds the bucket and checks its region and owner, in S3's order. Throws 404, 301 or 403. */
export function reachableBucket({ world, request, bucketName, account }: Exchange): Bucket {
  const bucket = findBucket(world, bucketName);
  if (bucket === undefined) throw noSuchBucket(bucketName);
  if (isElsewhere(bucket, request)) throw permanentRedirect(bucket, request.scope.region);
  checkExpectedOwner(bucket, request.headers["x-amz-expected-bucket-owner"]);
  // While policies are not evaluated, callers have no access to buckets of other accounts.
  if (bucket.accountId !== account.id && !world.evaluatePolicies) throw inRegion(bucket, accessDenied());
  return bucket;
}

/** True for a request that is signed for another region. Unsigned ones name none. */
export function isElsewhere({ region }: Bucket, { scope }: Pick<AwsRequest, "scope">): boolean {
  return scope.region !== "" && scope.region !== region;
}

export function noSuchBucket(bucketName: string): AwsError {
  const details = { BucketName: bucketName };
  return new AwsError(404, "NoSuchBucket", "The specified bucket does not exist", { details });
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html */
function checkExpectedOwner(bucket: Bucket, expected: string | undefined): void {
  if (expected === undefined) return;
  if (!/^\d{12}$/.test(expected)) {
    throw new AwsError(
      400,
      "InvalidBucketOwnerAWSAccountID",
      "The value of the expected bucket owner parameter must be an AWS Account ID",
      { details: { ExpectedBucketOwner: expected } },
    );
  }
  if (expected !== bucket.accountId) throw inRegion(bucket, accessDenied());
}

/** The header tells the region also for HEAD, which has no body: FACTS.md#s3-buckets-and-regions. */
function permanentRedirect(bucket: Bucket, region: string): AwsError {
  const message = `The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.`;
  const details = { Endpoint: `${bucket.name}.s3.${bucket.region}.amazonaws.com`, Bucket: bucket.name, From: region };
  return inRegion(bucket, new AwsError(301, "PermanentRedirect", message, { details }));
}

function inRegion(bucket: Bucket, error: AwsError): AwsError {
  const headers = { ...error.headers, "x-amz-bucket-region": bucket.region };
  return new AwsError(error.status, error.code, error.message, { details: error.details, headers });
}
