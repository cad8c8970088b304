/**
 * Tags of objects: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectTagging.html
 */

import { AwsError } from "../errors.ts";
import type { AwsRequest, Reply } from "../http.ts";
import type { Bucket, ObjectVersion } from "../state.ts";
import { child, element } from "../xml.ts";
import { findVersion, versionIdHeader } from "./object-versions.ts";
import { malformedXml, requestDocument, xmlReply, type Exchange, type Method, type Subresource } from "./route.ts";
import { checkTags, tagElements, tagsOf, type Tag } from "./tags.ts";

const MAX_TAGS = 10;

export const objectTagging: Subresource = {
  name: "objectTagging",
  level: "object",
  query: "tagging",
  methods: {
    GET: method("Get", false, (bucket, exchange) => {
      const version = namedVersion(bucket, exchange);
      const headers = versionIdHeader(bucket, version);
      return xmlReply(element("Tagging", [element("TagSet", tagElements(version.tags))]), headers);
    }),
    PUT: method("Put", true, (bucket, exchange) => {
      const version = namedVersion(bucket, exchange);
      const set = child(requestDocument(exchange.request, "Tagging"), "TagSet");
      if (set === undefined) throw malformedXml();
      const tags = tagsOf(set);
      checkObjectTags(tags);
      version.tags = new Map(tags);
      return { status: 200, headers: versionIdHeader(bucket, version) };
    }),
    DELETE: method("Delete", true, (bucket, exchange) => {
      const version = namedVersion(bucket, exchange);
      version.tags = new Map();
      return { status: 204, headers: versionIdHeader(bucket, version) };
    }),
  },
};

/** Throws InvalidTag, or BadRequest for more than ten tags. */
export function checkObjectTags(tags: Tag[]): void {
  checkTags(tags);
  if (tags.length > MAX_TAGS) {
    throw new AwsError(400, "BadRequest", `Object tags cannot be greater than ${MAX_TAGS}`);
  }
}

/** Each call has an action of its own for requests with a version ID, such as s3:GetObjectVersionTagging. */
function method(verb: string, write: boolean, handle: (bucket: Bucket, exchange: Exchange) => Reply): Method {
  const action = ({ query }: AwsRequest) => `s3:${verb}Object${query.has("versionId") ? "Version" : ""}Tagging`;
  return { operation: `${verb}ObjectTagging`, action, write, parameters: ["versionId"], handle };
}

function namedVersion(bucket: Bucket, { request, key }: Exchange): ObjectVersion {
  return findVersion(bucket, { key, versionId: request.query.get("versionId") ?? undefined });
}
