/** Legal hold of an object version: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectLegalHold.html */

import { AwsError } from "../errors.ts";
import { element, textAt } from "../xml.ts";
import { findVersion } from "./object-versions.ts";
import { requireObjectLock } from "./protection.ts";
import { malformedXml, requestDocument, xmlReply, type Subresource } from "./route.ts";

export const legalHold: Subresource = {
  name: "legalHold",
  level: "object",
  query: "legal-hold",
  methods: {
    GET: {
      operation: "GetObjectLegalHold",
      action: "s3:GetObjectLegalHold",
      write: false,
      parameters: ["versionId"],
      handle: (bucket, { request, key }) => {
        requireObjectLock(bucket);
        const version = findVersion(bucket, { key, versionId: request.query.get("versionId") ?? undefined });
        if (version.legalHold === undefined) {
          const message = "The specified object does not have a ObjectLock configuration";
          throw new AwsError(404, "NoSuchObjectLockConfiguration", message);
        }
        return xmlReply(element("LegalHold", [element("Status", version.legalHold)]));
      },
    },
    PUT: {
      operation: "PutObjectLegalHold",
      action: "s3:PutObjectLegalHold",
      write: true,
      parameters: ["versionId"],
      handle: (bucket, { request, key }) => {
        requireObjectLock(bucket);
        const version = findVersion(bucket, { key, versionId: request.query.get("versionId") ?? undefined });
        const status = textAt(requestDocument(request, "LegalHold"), "Status");
        if (status !== "ON" && status !== "OFF") throw malformedXml();
        version.legalHold = status;
        return { status: 200 };
      },
    },
  },
};
