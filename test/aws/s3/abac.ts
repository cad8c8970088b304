/**
 * Attribute-based access control.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/buckets-tagging-enable-abac.html
 */

import type { Bucket } from "../state.ts";
import { element, textAt } from "../xml.ts";
import {
  configurationReply,
  invalidRequest,
  malformedXml,
  requestDocument,
  requireRegion,
  type Subresource,
} from "./route.ts";

export const abac: Subresource = {
  name: "abac",
  level: "bucket",
  query: "abac",
  methods: {
    GET: {
      operation: "GetBucketAbac",
      action: "s3:GetBucketABAC",
      write: false,
      handle: (bucket, exchange) => {
        requireRegion(exchange.account.regionsWithoutAbac, bucket.region);
        return configurationReply(exchange, element("AbacStatus", [element("Status", bucket.abac)]));
      },
    },
    PUT: {
      operation: "PutBucketAbac",
      action: "s3:PutBucketABAC",
      write: true,
      handle: (bucket, { request, account }) => {
        requireRegion(account.regionsWithoutAbac, bucket.region);
        const status = textAt(requestDocument(request, "AbacStatus"), "Status");
        if (status !== "Enabled" && status !== "Disabled") throw malformedXml();
        bucket.abac = status;
        return { status: 200 };
      },
    },
  },
};

/** Refuses PutBucketTagging and DeleteBucketTagging while ABAC is enabled. The code is assumed: FACTS.md#s3-tags. */
export function refuseWithAbac({ abac }: Bucket): void {
  if (abac === "Enabled") {
    throw invalidRequest("Tags of a bucket with ABAC enabled are changed by TagResource and UntagResource only.");
  }
}
