/** Answers TRUE or FALSE: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicyStatus.html */

import { element } from "../xml.ts";
import { isPublicPolicy } from "./policy-public.ts";
import { policyOf } from "./policy.ts";
import { xmlReply, type Subresource } from "./route.ts";

export const policyStatus: Subresource = {
  name: "policyStatus",
  level: "bucket",
  query: "policyStatus",
  methods: {
    GET: {
      operation: "GetBucketPolicyStatus",
      action: "s3:GetBucketPolicyStatus",
      write: false,
      handle: (bucket) => {
        const isPublic = isPublicPolicy(policyOf(bucket)) ? "TRUE" : "FALSE";
        return xmlReply(element("PolicyStatus", [element("IsPublic", isPublic)]));
      },
    },
  },
};
