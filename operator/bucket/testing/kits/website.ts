import fc from "fast-check";
import type { S3BucketSpec } from "../../../api/types.ts";
import { optional, prefix, word } from "../arbitrary.ts";
import { defineKit } from "../kit.ts";
import { sparse, type Document } from "../rewriting-store.ts";

type Spec = NonNullable<S3BucketSpec["website"]>;

const protocol = fc.constantFrom("http" as const, "https" as const);
const hostName = fc.constant("www.example.com");
const routingRule = optional<NonNullable<Spec["routingRules"]>[number]>(
  {
    condition: fc.oneof(
      fc.record({ keyPrefixEquals: fc.oneof(prefix, fc.constant("")) }),
      fc.record({ httpErrorCodeReturnedEquals: fc.constant("404") }),
    ),
    redirect: fc.oneof(
      fc.record(
        { hostName, protocol, httpRedirectCode: fc.constant("302"), replaceKeyWith: fc.oneof(word, fc.constant("")) },
        { requiredKeys: ["hostName"] },
      ),
      fc.record({ hostName, replaceKeyPrefixWith: fc.constantFrom("", "docs/") }),
    ),
  },
  ["redirect"],
);

export const kit = defineKit<"website">({
  arbitrary: fc.oneof(
    fc.record(
      {
        indexDocument: fc.constant("index.html"),
        errorDocument: fc.constant("error.html"),
        routingRules: fc.array(routingRule, { minLength: 1, maxLength: 3 }),
      },
      { requiredKeys: ["indexDocument"] },
    ),
    fc.record({ redirectAllRequestsTo: fc.record({ hostName, protocol }, { requiredKeys: ["hostName"] }) }),
  ),
  routes: (store, random) => ({
    PutBucketWebsiteCommand: (input) => store.keep("website", input.WebsiteConfiguration as Document),
    DeleteBucketWebsiteCommand: () => store.remove("website"),
    GetBucketWebsiteCommand: () => sparse(store.read("website", "NoSuchWebsiteConfiguration"), random),
  }),
  field: "website",
  value: () => ({ indexDocument: "index.html" }),
  other: () => ({ redirectAllRequestsTo: { hostName: "www.example.com" } }),
});
