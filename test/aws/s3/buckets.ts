/** ListBuckets, without pages: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html */

import { element } from "../xml.ts";
import { canonicalUserId } from "./acl.ts";
import { xmlReply, type Subresource } from "./route.ts";

export const buckets: Subresource = {
  name: "buckets",
  level: "service",
  query: undefined,
  methods: {
    GET: {
      operation: "ListBuckets",
      action: "s3:ListAllMyBuckets",
      write: false,
      handleName: ({ account }) => {
        const owned = [...account.buckets.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
        const entries = owned.map(({ name, creationDate, region }) =>
          element("Bucket", [
            element("Name", name),
            element("CreationDate", new Date(creationDate).toISOString()),
            element("BucketRegion", region),
          ]),
        );
        const owner = element("Owner", [element("ID", canonicalUserId(account.id))]);
        return xmlReply(element("ListAllMyBucketsResult", [owner, element("Buckets", entries)]));
      },
    },
  },
};
