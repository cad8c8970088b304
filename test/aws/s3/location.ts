/** Empty for us-east-1: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html */

import { element } from "../xml.ts";
import { xmlReply, type Subresource } from "./route.ts";

export const location: Subresource = {
  name: "location",
  level: "bucket",
  query: "location",
  methods: {
    GET: {
      operation: "GetBucketLocation",
      action: "s3:GetBucketLocation",
      write: false,
      handle: ({ region }) => xmlReply(element("LocationConstraint", region === "us-east-1" ? "" : region)),
    },
  },
};
