/** HeadBucket, ListObjects, CreateBucket and DeleteBucket. */

import { AwsError } from "../errors.ts";
import type { Reply } from "../http.ts";
import type { Bucket } from "../state.ts";
import { accountOf } from "../world.ts";
import { createActions, createBucket } from "./create-bucket.ts";
import { listObjectsV1 } from "./list-objects.ts";
import type { Exchange, Subresource } from "./route.ts";

export const bucket: Subresource = {
  name: "bucket",
  level: "bucket",
  query: undefined,
  methods: {
    GET: listObjectsV1,
    HEAD: { operation: "HeadBucket", action: "s3:ListBucket", write: false, handle: headBucket },
    PUT: {
      operation: "CreateBucket",
      action: "s3:CreateBucket",
      furtherActions: createActions,
      write: true,
      headers: ["x-amz-acl", "x-amz-object-ownership", "x-amz-bucket-object-lock-enabled"],
      handleName: createBucket,
    },
    DELETE: { operation: "DeleteBucket", action: "s3:DeleteBucket", write: true, handle: deleteBucket },
  },
};

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html */
function headBucket({ region }: Bucket): Reply {
  return { status: 200, headers: { "x-amz-bucket-region": region, "x-amz-access-point-alias": "false" } };
}

/** The bucket must have no versions, delete markers or uploads: FACTS.md#s3-buckets-and-regions. */
function deleteBucket({ name, accountId, objects, uploads }: Bucket, { world }: Exchange): Reply {
  if (objects.size > 0 || uploads.size > 0) {
    const details = { BucketName: name };
    throw new AwsError(409, "BucketNotEmpty", "The bucket you tried to delete is not empty", { details });
  }
  accountOf(world, accountId).buckets.delete(name);
  return { status: 204 };
}
