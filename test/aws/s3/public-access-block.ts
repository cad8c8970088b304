/**
 * Block Public Access of a bucket.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
 */

import { element, textAt, type XmlElement } from "../xml.ts";
import { absent, configurationReply, malformedXml, requestDocument, type Subresource } from "./route.ts";

const FIELDS = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"] as const;

export type PublicAccessBlock = Record<(typeof FIELDS)[number], boolean>;

export const ALL_BLOCKED: PublicAccessBlock = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};

export const publicAccessBlock: Subresource = {
  name: "publicAccessBlock",
  level: "bucket",
  query: "publicAccessBlock",
  methods: {
    GET: {
      operation: "GetPublicAccessBlock",
      action: "s3:GetBucketPublicAccessBlock",
      write: false,
      handle: (bucket, exchange) => {
        if (bucket.publicAccessBlock === undefined) {
          throw absent(
            "NoSuchPublicAccessBlockConfiguration",
            "The public access block configuration was not found",
            bucket,
          );
        }
        return configurationReply(exchange, bucket.publicAccessBlock);
      },
    },
    PUT: {
      operation: "PutPublicAccessBlock",
      action: "s3:PutBucketPublicAccessBlock",
      write: true,
      handle: (bucket, { request }) => {
        bucket.publicAccessBlock = validPublicAccessBlock(requestDocument(request, "PublicAccessBlockConfiguration"));
        return { status: 200 };
      },
    },
    DELETE: {
      operation: "DeletePublicAccessBlock",
      action: "s3:PutBucketPublicAccessBlock",
      write: true,
      handle: (bucket) => {
        bucket.publicAccessBlock = undefined;
        return { status: 204 };
      },
    },
  },
};

export function publicAccessBlockDocument(settings: PublicAccessBlock): XmlElement {
  const fields = FIELDS.map((name) => element(name, String(settings[name])));
  return element("PublicAccessBlockConfiguration", fields);
}

/** Adds omitted fields as false: FACTS.md#s3-public-access-and-ownership. Keeps unknown elements. */
export function validPublicAccessBlock(document: XmlElement): XmlElement {
  const fields = FIELDS.map((name) => {
    const value = (textAt(document, name) ?? "false").toLowerCase();
    if (value !== "true" && value !== "false") throw malformedXml();
    return element(name, value);
  });
  const others = document.children.filter(({ name }) => !FIELDS.some((field) => field === name));
  return { ...document, children: [...fields, ...others] };
}

/** Whether the field is on in one of the documents. The strictest of account and bucket applies. */
export function isOn(field: keyof PublicAccessBlock, ...documents: (XmlElement | undefined)[]): boolean {
  return documents.some((document) => textAt(document, field) === "true");
}
