/** Transfer Acceleration: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketAccelerateConfiguration.html */

import { element, textAt } from "../xml.ts";
import { configurationReply, invalidRequest, malformedXml, requestDocument, type Subresource } from "./route.ts";

export const accelerate: Subresource = {
  name: "accelerate",
  level: "bucket",
  query: "accelerate",
  methods: {
    GET: {
      operation: "GetBucketAccelerateConfiguration",
      action: "s3:GetAccelerateConfiguration",
      write: false,
      handle: ({ accelerate }, exchange) => {
        const status = accelerate && element("Status", accelerate);
        return configurationReply(exchange, element("AccelerateConfiguration", [status]));
      },
    },
    PUT: {
      operation: "PutBucketAccelerateConfiguration",
      action: "s3:PutAccelerateConfiguration",
      write: true,
      handle: (bucket, { request }) => {
        if (bucket.name.includes(".")) {
          throw invalidRequest("S3 Transfer Acceleration is not supported for buckets with periods (.) in their names");
        }
        const status = textAt(requestDocument(request, "AccelerateConfiguration"), "Status");
        if (status !== "Enabled" && status !== "Suspended") throw malformedXml();
        bucket.accelerate = status;
        return { status: 200 };
      },
    },
  },
};
