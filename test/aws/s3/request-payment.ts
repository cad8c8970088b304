/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketRequestPayment.html */

import { element, textAt } from "../xml.ts";
import { configurationReply, malformedXml, requestDocument, type Subresource } from "./route.ts";

export const requestPayment: Subresource = {
  name: "requestPayment",
  level: "bucket",
  query: "requestPayment",
  methods: {
    GET: {
      operation: "GetBucketRequestPayment",
      action: "s3:GetBucketRequestPayment",
      write: false,
      handle: ({ requestPayer }, exchange) =>
        configurationReply(exchange, element("RequestPaymentConfiguration", [element("Payer", requestPayer)])),
    },
    PUT: {
      operation: "PutBucketRequestPayment",
      action: "s3:PutBucketRequestPayment",
      write: true,
      handle: (bucket, { request }) => {
        const payer = textAt(requestDocument(request, "RequestPaymentConfiguration"), "Payer");
        if (payer !== "BucketOwner" && payer !== "Requester") throw malformedXml();
        bucket.requestPayer = payer;
        return { status: 200 };
      },
    },
  },
};
