/** The classic tag API, which writes all tags at once: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketTagging.html */

import type { Bucket } from "../state.ts";
import { refuseWithAbac } from "./abac.ts";
import { child, element } from "../xml.ts";
import { absent, malformedXml, requestDocument, xmlReply, type Subresource } from "./route.ts";
import { checkTagCount, checkTags, isSystemTag, tagElements, tagsOf } from "./tags.ts";

export const tagging: Subresource = {
  name: "tagging",
  level: "bucket",
  query: "tagging",
  methods: {
    GET: {
      operation: "GetBucketTagging",
      action: "s3:GetBucketTagging",
      write: false,
      handle: (bucket, { normalise }) => {
        const shown = new Map([...bucket.tags, ...Object.entries(normalise.awsTags ?? {})]);
        if (shown.size === 0) throw absent("NoSuchTagSet", "The TagSet does not exist", bucket);
        return xmlReply(element("Tagging", [element("TagSet", tagElements(shown))]));
      },
    },
    PUT: {
      operation: "PutBucketTagging",
      action: "s3:PutBucketTagging",
      write: true,
      handle: (bucket, { request }) => {
        refuseWithAbac(bucket);
        const set = child(requestDocument(request, "Tagging"), "TagSet");
        if (set === undefined) throw malformedXml();
        const tags = tagsOf(set);
        checkTags(tags);
        const all = new Map([...systemTags(bucket), ...tags]);
        checkTagCount(all);
        bucket.tags = all;
        return { status: 204 };
      },
    },
    DELETE: {
      operation: "DeleteBucketTagging",
      action: "s3:PutBucketTagging",
      write: true,
      handle: (bucket) => {
        refuseWithAbac(bucket);
        bucket.tags = systemTags(bucket);
        return { status: 204 };
      },
    },
  },
};

/** AWS keeps its own tags whatever is written (aws.md 2.8). */
function systemTags({ tags }: Bucket): Map<string, string> {
  return new Map([...tags].filter(([key]) => isSystemTag(key)));
}
