import fc from "fast-check";
import { fields, id, text } from "./values.ts";

export const corsDocuments = fc
  .array(
    fields(
      {
        ID: id,
        AllowedOrigins: fc.constantFrom(["*"], ["https://a.example", "http://*.b.example"], ["*", "*"], [""], ["null"]),
        AllowedMethods: fc.constantFrom(["GET"], ["PUT", "HEAD", "PUT"]),
        AllowedHeaders: fc.constantFrom(["*"], ["x-amz-*", "Content-Type"], ["", "a b"]),
        ExposeHeaders: fc.constantFrom(["ETag", "etag"], [""], []),
        MaxAgeSeconds: fc.constantFrom(0, 3_000, 2_147_483_647),
      },
      ["AllowedOrigins", "AllowedMethods"],
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map((CORSRules) => ({ CORSConfiguration: { CORSRules } }));

const host = fc.constantFrom(
  "example.com",
  "example.com?my=query",
  "example.com/path",
  "example.com:8080",
  "",
  "EXAMPLE.com",
);

const routingRule = fields(
  {
    Condition: fields({ KeyPrefixEquals: text, HttpErrorCodeReturnedEquals: fc.constantFrom("404", "500") }),
    Redirect: fields({
      HostName: host,
      HttpRedirectCode: fc.constantFrom("301", "307", "399"),
      Protocol: fc.constantFrom("http", "https"),
      ReplaceKeyPrefixWith: text,
      ReplaceKeyWith: text,
    }),
  },
  ["Redirect"],
);

export const websiteDocuments = fc
  .oneof(
    fc.record({
      RedirectAllRequestsTo: fields({ HostName: host, Protocol: fc.constantFrom("http", "https") }, ["HostName"]),
    }),
    fields(
      {
        IndexDocument: fc.constantFrom("index.html", "x".repeat(1_000), "ü").map((Suffix) => ({ Suffix })),
        ErrorDocument: fc.constantFrom("error.html", "errors/404.html").map((Key) => ({ Key })),
        RoutingRules: fc.array(routingRule, { minLength: 1, maxLength: 2 }),
      },
      ["IndexDocument"],
    ),
  )
  .map((WebsiteConfiguration) => ({ WebsiteConfiguration }));
