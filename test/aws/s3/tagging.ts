/**
 * The classic tag calls, which write all tags at once.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketTagging.html
 */

import type { Reply } from "../http.ts";
import type { Bucket } from "../state.ts";
import { child, element } from "../xml.ts";
import { refuseWithAbac } from "./abac.ts";
import { absent, malformedXml, requestDocument, xmlReply, type Exchange, type Subresource } from "./route.ts";
import { checkTagCount, checkTags, isSystemTag, systemTagsRemoved, tagElements, tagsOf, type Tag } from "./tags.ts";

export const tagging: Subresource = {
  name: "tagging",
  level: "bucket",
  query: "tagging",
  methods: {
    GET: {
      operation: "GetBucketTagging",
      action: "s3:GetBucketTagging",
      write: false,
      handle: (bucket, exchange) => {
        const shown = tagsShown(bucket, exchange);
        if (shown.size === 0) throw absent("NoSuchTagSet", "The TagSet does not exist", bucket);
        return xmlReply(element("Tagging", [element("TagSet", tagElements(shown))]));
      },
    },
    PUT: {
      operation: "PutBucketTagging",
      action: "s3:PutBucketTagging",
      write: true,
      handle: replaceTags,
    },
    DELETE: {
      operation: "DeleteBucketTagging",
      action: "s3:PutBucketTagging",
      write: true,
      handle: (bucket) => {
        refuseWithAbac(bucket);
        // Assumed: AWS may refuse the call instead. See FACTS.md#s3-tags.
        bucket.tags = systemTags(bucket);
        return { status: 204 };
      },
    },
  },
};

function tagsShown({ tags }: Bucket, { normalise }: Exchange): Map<string, string> {
  return new Map([...tags, ...Object.entries(normalise.awsTags ?? {})]);
}

/** The new set must contain the tags that AWS has set: FACTS.md#s3-tags. */
function replaceTags(bucket: Bucket, exchange: Exchange): Reply {
  refuseWithAbac(bucket);
  const set = child(requestDocument(exchange.request, "Tagging"), "TagSet");
  if (set === undefined) throw malformedXml();
  const tags = tagsOf(set);
  const system = [...tagsShown(bucket, exchange)].filter(([key]) => isSystemTag(key));
  const isAsItWas = ([key, value]: Tag) => system.some(([other, its]) => other === key && its === value);
  if (!system.every(([key]) => tags.some(([other]) => other === key))) throw systemTagsRemoved();
  checkTags(tags.filter((tag) => !isAsItWas(tag)));
  checkTagCount(new Map(tags));
  bucket.tags = new Map(tags.filter(([key]) => bucket.tags.has(key) || !isSystemTag(key)));
  return { status: 204 };
}

function systemTags({ tags }: Bucket): Map<string, string> {
  return new Map([...tags].filter(([key]) => isSystemTag(key)));
}
