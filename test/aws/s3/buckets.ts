/** ListBuckets: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html */

import { element } from "../xml.ts";
import { canonicalUserId } from "./acl.ts";
import { pageOf } from "./page.ts";
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
      parameters: ["prefix", "bucket-region", "max-buckets", "continuation-token"],
      handleName: ({ account, request: { query } }) => {
        const [prefix, asked] = [query.get("prefix") ?? "", query.get("bucket-region")];
        const after = query.get("continuation-token") ?? "";
        const found = [...account.buckets.values()]
          .filter(({ name, region }) => name.startsWith(prefix) && name > after && (asked ?? region) === region)
          .toSorted((a, b) => (a.name < b.name ? -1 : 1));
        const { items, last } = pageOf(found, Number(query.get("max-buckets") ?? Infinity));
        const entries = items.map(({ name, creationDate, region }) =>
          element("Bucket", [
            element("Name", name),
            element("CreationDate", new Date(creationDate).toISOString()),
            element("BucketRegion", region),
          ]),
        );
        return xmlReply(
          element("ListAllMyBucketsResult", [
            element("Buckets", entries),
            element("Owner", [element("ID", canonicalUserId(account.id))]),
            prefix === "" ? undefined : element("Prefix", prefix),
            last && element("ContinuationToken", last.name),
          ]),
        );
      },
    },
  },
};
