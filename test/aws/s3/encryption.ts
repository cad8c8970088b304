/** Default encryption: FACTS.md#s3-encryption. */

import { child, childrenNamed, element, textAt, type XmlElement } from "../xml.ts";
import { configurationReply, invalidArgument, malformedXml, requestDocument, type Subresource } from "./route.ts";

const ALGORITHMS = new Set(["AES256", "aws:kms", "aws:kms:dsse"]);
const BLOCKABLE = new Set(["SSE-C", "NONE"]);

export const encryption: Subresource = {
  name: "encryption",
  level: "bucket",
  query: "encryption",
  methods: {
    GET: {
      operation: "GetBucketEncryption",
      action: "s3:GetEncryptionConfiguration",
      write: false,
      handle: (bucket, exchange) => configurationReply(exchange, bucket.encryption),
    },
    PUT: {
      operation: "PutBucketEncryption",
      action: "s3:PutEncryptionConfiguration",
      write: true,
      handle: (bucket, { request }) => {
        bucket.encryption = validEncryption(requestDocument(request, "ServerSideEncryptionConfiguration"));
        return { status: 200 };
      },
    },
    // Resets to SSE-S3, because a bucket always has a rule.
    DELETE: {
      operation: "DeleteBucketEncryption",
      action: "s3:PutEncryptionConfiguration",
      write: true,
      handle: (bucket) => {
        bucket.encryption = defaultEncryption();
        return { status: 204 };
      },
    },
  },
};

/** SSE-S3 with SSE-C blocked: FACTS.md#s3-defaults-of-a-new-bucket. */
export function defaultEncryption(): XmlElement {
  const algorithm = element("ApplyServerSideEncryptionByDefault", [element("SSEAlgorithm", "AES256")]);
  const blocked = element("BlockedEncryptionTypes", [element("EncryptionType", "SSE-C")]);
  const rule = element("Rule", [algorithm, element("BucketKeyEnabled", "false"), blocked]);
  return element("ServerSideEncryptionConfiguration", [rule]);
}

/** Requires exactly one rule and adds an absent BucketKeyEnabled as false. The KMS key is not checked. */
function validEncryption(document: XmlElement): XmlElement {
  const [rule, ...more] = childrenNamed(document, "Rule");
  if (rule === undefined || more.length > 0) throw malformedXml();
  checkRule(rule);
  if (child(rule, "BucketKeyEnabled") !== undefined) return document;
  const completed = { ...rule, children: [...rule.children, element("BucketKeyEnabled", "false")] };
  return { ...document, children: document.children.map((inner) => (inner === rule ? completed : inner)) };
}

function checkRule(rule: XmlElement): void {
  const byDefault = child(rule, "ApplyServerSideEncryptionByDefault");
  const algorithm = textAt(byDefault, "SSEAlgorithm");
  const key = textAt(byDefault, "KMSMasterKeyID");
  if (byDefault !== undefined && !ALGORITHMS.has(algorithm ?? "")) throw malformedXml();
  if (key !== undefined && algorithm === "AES256") {
    const message = "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse";
    throw invalidArgument(message, "ApplyServerSideEncryptionByDefault", "AES256");
  }
  if (!["true", "false"].includes(textAt(rule, "BucketKeyEnabled") ?? "false")) throw malformedXml();
  const blocked = childrenNamed(child(rule, "BlockedEncryptionTypes") ?? element(""), "EncryptionType");
  if (blocked.some(({ text }) => !BLOCKABLE.has(text))) throw malformedXml();
}
