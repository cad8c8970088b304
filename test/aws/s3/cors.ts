/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketCors.html */

import { AwsError } from "../errors.ts";
import { childrenNamed, textAt, type XmlElement } from "../xml.ts";
import {
  absent,
  configurationReply,
  invalidRequest,
  malformedXml,
  requestDocument,
  type Subresource,
} from "./route.ts";

const METHODS = new Set(["GET", "PUT", "POST", "DELETE", "HEAD"]);
const MAX_RULES = 100;
const MAX_BYTES = 64 * 1024;

export const cors: Subresource = {
  name: "cors",
  level: "bucket",
  query: "cors",
  methods: {
    GET: {
      operation: "GetBucketCors",
      action: "s3:GetBucketCORS",
      write: false,
      handle: (bucket, exchange) => {
        if (bucket.cors === undefined) {
          throw absent("NoSuchCORSConfiguration", "The CORS configuration does not exist", bucket);
        }
        return configurationReply(exchange, bucket.cors);
      },
    },
    PUT: {
      operation: "PutBucketCors",
      action: "s3:PutBucketCORS",
      write: true,
      handle: (bucket, { request }) => {
        if (request.body.length > MAX_BYTES) {
          throw new AwsError(400, "MaxMessageLengthExceeded", "Your request was too big.");
        }
        const document = requestDocument(request, "CORSConfiguration");
        const rules = childrenNamed(document, "CORSRule");
        if (rules.length === 0 || rules.length > MAX_RULES) throw malformedXml();
        rules.forEach(checkRule);
        bucket.cors = document;
        return { status: 200 };
      },
    },
    DELETE: {
      operation: "DeleteBucketCors",
      action: "s3:PutBucketCORS",
      write: true,
      handle: (bucket) => {
        bucket.cors = undefined;
        return { status: 204 };
      },
    },
  },
};

function checkRule(rule: XmlElement): void {
  const methods = texts(rule, "AllowedMethod");
  const origins = texts(rule, "AllowedOrigin");
  if (methods.length === 0 || origins.length === 0) throw malformedXml();
  if ((textAt(rule, "ID") ?? "").length > 255) throw malformedXml();
  if (!/^\d+$/.test(textAt(rule, "MaxAgeSeconds") ?? "0")) throw malformedXml();
  const unsupported = methods.find((method) => !METHODS.has(method));
  if (unsupported !== undefined) {
    throw invalidRequest(`Found unsupported HTTP method in CORS config. Unsupported method is ${unsupported}`);
  }
  checkWildcards("AllowedOrigin", origins);
  checkWildcards("AllowedHeader", texts(rule, "AllowedHeader"));
  const exposed = texts(rule, "ExposeHeader").find((header) => header.includes("*"));
  if (exposed !== undefined) {
    throw invalidRequest(
      `ExposeHeader "${exposed}" contains wildcard. We currently do not support wildcard for ExposeHeader.`,
    );
  }
}

/** Each value has at most one `*`: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html */
function checkWildcards(name: string, values: string[]): void {
  const value = values.find((candidate) => candidate.split("*").length > 2);
  if (value !== undefined) throw invalidRequest(`${name} "${value}" can not have more than one wildcard.`);
}

function texts(rule: XmlElement, name: string): string[] {
  return childrenNamed(rule, name).map(({ text }) => text);
}
