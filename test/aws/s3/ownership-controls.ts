/** Object Ownership: https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html */

import { AwsError } from "../errors.ts";
import { childrenNamed, element, textAt, type XmlElement } from "../xml.ts";
import { bucketGrants } from "./bucket-acl.ts";
import { absent, configurationReply, malformedXml, requestDocument, type Subresource } from "./route.ts";

export const OWNERSHIPS = ["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"];

export const ownershipControls: Subresource = {
  name: "ownershipControls",
  level: "bucket",
  query: "ownershipControls",
  methods: {
    GET: {
      operation: "GetBucketOwnershipControls",
      action: "s3:GetBucketOwnershipControls",
      write: false,
      handle: (bucket, exchange) => {
        if (bucket.ownershipControls === undefined) {
          throw absent("OwnershipControlsNotFoundError", "The bucket ownership controls were not found", bucket);
        }
        return configurationReply(exchange, bucket.ownershipControls);
      },
    },
    PUT: {
      operation: "PutBucketOwnershipControls",
      action: "s3:PutBucketOwnershipControls",
      write: true,
      handle: (bucket, { request }) => {
        const document = requestDocument(request, "OwnershipControls");
        // The ACL must not grant access to others: FACTS.md#s3-public-access-and-ownership.
        if (ownershipOf(document) === "BucketOwnerEnforced" && bucketGrants(bucket).length > 0) {
          const message = "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting";
          throw new AwsError(400, "InvalidBucketAclWithObjectOwnership", message);
        }
        bucket.ownershipControls = document;
        return { status: 200 };
      },
    },
    DELETE: {
      operation: "DeleteBucketOwnershipControls",
      action: "s3:PutBucketOwnershipControls",
      write: true,
      handle: (bucket) => {
        bucket.ownershipControls = undefined;
        return { status: 204 };
      },
    },
  },
};

export function ownershipDocument(ownership: string): XmlElement {
  return element("OwnershipControls", [element("Rule", [element("ObjectOwnership", ownership)])]);
}

function ownershipOf(document: XmlElement): string {
  const rules = childrenNamed(document, "Rule");
  const ownership = textAt(rules[0], "ObjectOwnership");
  if (rules.length !== 1 || ownership === undefined || !OWNERSHIPS.includes(ownership)) throw malformedXml();
  return ownership;
}
