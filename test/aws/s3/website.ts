/** Static website hosting: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketWebsite.html */

import { AwsError } from "../errors.ts";
import { child, childrenNamed, textAt, type XmlElement } from "../xml.ts";
import {
  absent,
  configurationReply,
  invalidArgument,
  invalidRequest,
  malformedXml,
  requestDocument,
  type Subresource,
} from "./route.ts";

const MAX_RULES = 50;
const MAX_BYTES = 128 * 1024;

export const website: Subresource = {
  name: "website",
  level: "bucket",
  query: "website",
  methods: {
    GET: {
      operation: "GetBucketWebsite",
      action: "s3:GetBucketWebsite",
      write: false,
      handle: (bucket, exchange) => {
        if (bucket.website === undefined) {
          const message = "The specified bucket does not have a website configuration";
          throw absent("NoSuchWebsiteConfiguration", message, bucket);
        }
        return configurationReply(exchange, bucket.website);
      },
    },
    PUT: {
      operation: "PutBucketWebsite",
      action: "s3:PutBucketWebsite",
      write: true,
      handle: (bucket, { request }) => {
        if (request.body.length > MAX_BYTES) {
          throw new AwsError(400, "MaxMessageLengthExceeded", "Your request was too big.");
        }
        const document = requestDocument(request, "WebsiteConfiguration");
        checkDocument(document);
        bucket.website = document;
        return { status: 200 };
      },
    },
    DELETE: {
      operation: "DeleteBucketWebsite",
      action: "s3:DeleteBucketWebsite",
      write: true,
      handle: (bucket) => {
        bucket.website = undefined;
        return { status: 204 };
      },
    },
  },
};

/** Requires either a redirect of all requests or an index document. */
function checkDocument(document: XmlElement): void {
  const redirect = child(document, "RedirectAllRequestsTo");
  if (redirect === undefined) return checkIndexAndRules(document);
  if (["IndexDocument", "ErrorDocument", "RoutingRules"].some((name) => child(document, name) !== undefined)) {
    const message = "RedirectAllRequestsTo cannot be provided in conjunction with other Routing Rules.";
    throw invalidArgument(message, "RedirectAllRequestsTo", "not null");
  }
  if ((textAt(redirect, "HostName") ?? "") === "") throw malformedXml();
  checkProtocol(redirect);
}

function checkIndexAndRules(document: XmlElement): void {
  const suffix = textAt(document, "IndexDocument", "Suffix");
  if (suffix === undefined) {
    const message = "A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is empty";
    throw invalidArgument(message, "IndexDocument", "null");
  }
  if (suffix === "" || suffix.includes("/")) {
    throw invalidArgument("The IndexDocument Suffix is not well formed", "IndexDocument", suffix);
  }
  if (child(document, "ErrorDocument") !== undefined && (textAt(document, "ErrorDocument", "Key") ?? "") === "") {
    throw malformedXml();
  }
  const list = child(document, "RoutingRules");
  const rules = list === undefined ? [] : childrenNamed(list, "RoutingRule");
  if (list !== undefined && rules.length === 0) throw malformedXml();
  if (rules.length > MAX_RULES) {
    throw invalidRequest(
      `${rules.length} routing rules provided, the number of routing rules in a website configuration is limited to ${MAX_RULES}.`,
    );
  }
  rules.forEach(checkRule);
}

function checkRule(rule: XmlElement): void {
  const [redirect, condition] = [child(rule, "Redirect"), child(rule, "Condition")];
  if (redirect === undefined || redirect.children.length === 0) throw malformedXml();
  checkProtocol(redirect);
  if (child(redirect, "ReplaceKeyWith") !== undefined && child(redirect, "ReplaceKeyPrefixWith") !== undefined) {
    throw invalidRequest("You can only define ReplaceKeyPrefix or ReplaceKey but not both.");
  }
  if (condition?.children.length === 0) {
    throw invalidRequest(
      "Condition cannot be empty. To redirect all requests without a condition, the condition element shouldn't be present.",
    );
  }
}

function checkProtocol(redirect: XmlElement): void {
  if (!["http", "https", undefined].includes(textAt(redirect, "Protocol"))) {
    throw invalidRequest(
      "Invalid protocol, protocol can be http or https. If not defined the protocol will be selected automatically.",
    );
  }
}
