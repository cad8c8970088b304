import type { CORSRule } from "@aws-sdk/client-s3";
import fc from "fast-check";
import type { CorsRule } from "../../../api/types.ts";
import { optional, some, word } from "../arbitrary.ts";
import { defineKit } from "../kit.ts";
import type { Random } from "../random.ts";
import { withUnknown, type Document } from "../rewriting-store.ts";

const rule = optional<CorsRule>(
  {
    id: word,
    allowedOrigins: some(fc.constantFrom("*", "https://a.example", "https://*.b.example")),
    allowedMethods: some(fc.constantFrom("GET", "PUT", "POST", "DELETE", "HEAD")),
    allowedHeaders: some(fc.constantFrom("*", "Content-Type", "content-type", "X-Amz-*"), 3, 0),
    exposeHeaders: some(fc.constantFrom("ETag", "x-amz-version-id"), 2, 0),
    maxAgeSeconds: fc.nat(3_600),
  },
  ["allowedOrigins", "allowedMethods"],
);

export const kit = defineKit<"cors">({
  // S3 wants unique ids.
  arbitrary: fc.record({
    rules: fc.uniqueArray(rule, { minLength: 1, maxLength: 4, selector: ({ id }) => id ?? Symbol("none") }),
  }),
  routes: (store, random) => ({
    PutBucketCorsCommand: (input) => store.keep("cors", input.CORSConfiguration as Document),
    DeleteBucketCorsCommand: () => store.remove("cors"),
    GetBucketCorsCommand: () => {
      const { CORSRules } = store.read("cors", "NoSuchCORSConfiguration") as { CORSRules: CORSRule[] };
      return withUnknown({ CORSRules: CORSRules.map((each) => rewritten(each, random)) }, random);
    },
  }),
  closed: "Root",
  field: "cors",
  value: () => ({ rules: [{ id: "web", allowedOrigins: ["https://a.example"], allowedMethods: ["PUT"] }] }),
  other: () => ({ rules: [{ id: "web", allowedOrigins: ["https://b.example"], allowedMethods: ["GET"] }] }),
});

function rewritten(rule: CORSRule, random: Random): Document {
  const headers = (list: string[] | undefined) =>
    random.shuffled(list ?? []).map((header) => (random.coin() ? header.toLowerCase() : header));
  const lists = { AllowedHeaders: headers(rule.AllowedHeaders), ExposeHeaders: headers(rule.ExposeHeaders) };
  const named = Object.entries(lists).filter(([, list]) => list.length > 0 || random.coin());
  const { AllowedHeaders: _headers, ExposeHeaders: _exposed, ...rest } = rule;
  return withUnknown(
    {
      ...rest,
      AllowedOrigins: random.shuffled(rule.AllowedOrigins ?? []),
      AllowedMethods: random.shuffled(rule.AllowedMethods ?? []),
      ...Object.fromEntries(named),
    },
    random,
  );
}
