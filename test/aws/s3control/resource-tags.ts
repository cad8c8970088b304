/**
 * Adds and removes single tags of a bucket. The classic tag calls work on the same tags.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_TagResource.html
 */

import { notImplemented } from "../errors.ts";
import { noSuchBucket } from "../s3/reachable-bucket.ts";
import { accessDenied, requestDocument, requireRegion } from "../s3/route.ts";
import { checkTagCount, checkTags, isSystemTag, tagElements, tagsOf } from "../s3/tags.ts";
import type { Bucket } from "../state.ts";
import { findBucket } from "../world.ts";
import { child, element } from "../xml.ts";
import { controlReply, type ControlExchange, type ControlRoute } from "./route.ts";

export const resourceTags: ControlRoute = {
  path: /^tags\/(.+)$/,
  methods: {
    GET: {
      operation: "ListTagsForResource",
      action: "s3:ListTagsForResource",
      write: false,
      handle: (exchange) => {
        const shown = new Map([...taggedBucket(exchange).tags, ...Object.entries(exchange.normalise.awsTags ?? {})]);
        return controlReply(element("ListTagsForResourceResult", [element("Tags", tagElements(shown))]));
      },
    },
    POST: {
      operation: "TagResource",
      action: "s3:TagResource",
      write: true,
      handle: (exchange) => {
        const tags = tagsOf(child(requestDocument(exchange.request, "TagResourceRequest"), "Tags"));
        checkTags(tags);
        const bucket = taggedBucket(exchange);
        const all = new Map([...bucket.tags, ...tags]);
        checkTagCount(all);
        bucket.tags = all;
        return { status: 204 };
      },
    },
    DELETE: {
      operation: "UntagResource",
      action: "s3:UntagResource",
      write: true,
      parameters: ["tagKeys"],
      handle: (exchange) => {
        const keys = exchange.request.query.getAll("tagKeys").filter((key) => !isSystemTag(key));
        const bucket = taggedBucket(exchange);
        for (const key of keys) bucket.tags.delete(key);
        return { status: 204 };
      },
    },
  },
};

function taggedBucket({ world, account, resource, request }: ControlExchange): Bucket {
  requireRegion(account.regionsWithoutResourceTags, request.scope.region);
  const name = /^arn:aws:s3:::([^/]+)$/.exec(resource)?.[1];
  if (name === undefined) throw notImplemented(`tags of ${resource}`);
  const bucket = findBucket(world, name);
  if (bucket === undefined) throw noSuchBucket(name);
  if (bucket.accountId !== account.id) throw accessDenied();
  return bucket;
}
