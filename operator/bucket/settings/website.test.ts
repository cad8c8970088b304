import { describe, expect, test } from "vitest";
import { failing, fakeBucket } from "../testing/fake-bucket.ts";
import { settingContextWith } from "../testing/fixtures.ts";
import { website as setting } from "./website.ts";

const DOCS = { Condition: { KeyPrefixEquals: "docs/" }, Redirect: { ReplaceKeyPrefixWith: "documents/" } };
const MISSING = {
  Condition: { HttpErrorCodeReturnedEquals: "404" },
  Redirect: { HostName: "www.example.com", HttpRedirectCode: "302", Protocol: "https", ReplaceKeyWith: "sorry.html" },
};
const SITE = {
  IndexDocument: { Suffix: "index.html" },
  ErrorDocument: { Key: "error.html" },
  RoutingRules: [DOCS, MISSING],
};
const MOVED = { RedirectAllRequestsTo: { HostName: "www.example.com", Protocol: "https" } };
const NONE = {};

test("desired: the spec's website in S3's words", () => {
  const website = {
    indexDocument: "index.html",
    errorDocument: "error.html",
    routingRules: [
      { condition: { keyPrefixEquals: "docs/" }, redirect: { replaceKeyPrefixWith: "documents/" } },
      {
        condition: { httpErrorCodeReturnedEquals: "404" },
        redirect: {
          hostName: "www.example.com",
          httpRedirectCode: "302",
          protocol: "https" as const,
          replaceKeyWith: "sorry.html",
        },
      },
    ],
  };
  expect(setting.desired({ website }, settingContextWith())).toEqual(SITE);
  const moved = { redirectAllRequestsTo: { hostName: "www.example.com", protocol: "https" as const } };
  expect(setting.desired({ website: moved }, settingContextWith())).toEqual(MOVED);
  expect(setting.desired({}, settingContextWith({ baseline: true }))).toBeUndefined();
});

describe("observe", () => {
  test("the website, and nothing else of the answer", async () => {
    const { bucket, calls } = fakeBucket(() => ({ ...SITE, $metadata: { httpStatusCode: 200 } }));
    expect(await setting.observe(bucket)).toEqual(SITE);
    expect(calls).toEqual([{ command: "GetBucketWebsiteCommand", input: bucket.ref }]);
  });

  test("none", async () => {
    expect(await setting.observe(fakeBucket(failing("NoSuchWebsiteConfiguration", 404)).bucket)).toEqual(NONE);
  });
});

describe("diff", () => {
  test.each([
    ["the same", SITE, SITE],
    ["fields in another order", MOVED, { RedirectAllRequestsTo: { Protocol: "https", HostName: "www.example.com" } }],
    ["no rules and an empty list", { ...SITE, RoutingRules: undefined }, { ...SITE, RoutingRules: [] }],
  ])("finds nothing in %s", (_case, desired, observed) => {
    expect(setting.diff(desired, observed)).toEqual([]);
  });

  test.each([
    ["another index", { ...SITE, IndexDocument: { Suffix: "home.html" } }, ["indexDocument"]],
    ["no error page", { ...SITE, ErrorDocument: undefined }, ["errorDocument"]],
    ["rules in another order, the first match winning", { ...SITE, RoutingRules: [MISSING, DOCS] }, ["routingRules"]],
    ["another redirect", { ...SITE, RoutingRules: [DOCS, { ...MISSING, Redirect: DOCS.Redirect }] }, ["routingRules"]],
    ["a redirect instead", MOVED, ["indexDocument", "errorDocument", "redirectAllRequestsTo", "routingRules"]],
    ["nothing", NONE, ["indexDocument", "errorDocument", "routingRules"]],
  ])("finds %s", (_case, observed, paths) => {
    expect(setting.diff(SITE, observed).map(({ path }) => path)).toEqual(paths);
  });
});

describe("write", () => {
  test("sends the whole website", async () => {
    const { bucket, calls } = fakeBucket();
    await setting.write(bucket, SITE, MOVED);
    expect(calls).toEqual([
      { command: "PutBucketWebsiteCommand", input: { ...bucket.ref, WebsiteConfiguration: SITE } },
    ]);
  });

  test("deletes what is to be gone", async () => {
    const { bucket, calls } = fakeBucket();
    await setting.write(bucket, setting.reset(SITE, settingContextWith()), SITE);
    expect(calls).toEqual([{ command: "DeleteBucketWebsiteCommand", input: bucket.ref }]);
  });
});

test("reset removes it, if there is one", () => {
  expect(setting.reset(MOVED, settingContextWith())).toEqual(NONE);
  expect(setting.reset(NONE, settingContextWith())).toBeUndefined();
});

test("toSpec: all of it or nothing", () => {
  const toSpec = (observed: object) => setting.toSpec(observed, settingContextWith());
  for (const observed of [SITE, MOVED]) {
    const { spec } = toSpec(observed);
    expect(setting.desired(spec ?? {}, settingContextWith())).toMatchObject(observed);
  }
  expect(toSpec(NONE)).toEqual({});
  const newer = { ...SITE, RoutingRules: [{ ...DOCS, Cache: { Seconds: 1 } }] };
  expect(toSpec(newer)).toEqual({ omitted: ["RoutingRules.Cache, which a spec cannot express"] });
});

describe("empty values of a rule", () => {
  const rule = (KeyPrefixEquals: string | undefined, ReplaceKeyWith: string | undefined) => ({
    IndexDocument: { Suffix: "index.html" },
    RoutingRules: [
      {
        Condition: { KeyPrefixEquals, HttpErrorCodeReturnedEquals: "404" },
        Redirect: { HostName: "h", ReplaceKeyWith },
      },
    ],
  });

  test("an empty prefix is none", () => {
    expect(setting.diff(rule("", "a"), rule(undefined, "a"))).toEqual([]);
    expect(setting.diff(rule(undefined, "a"), rule("", "a"))).toEqual([]);
  });

  test("an empty replacement of the key is not none", () => {
    expect(setting.diff(rule("a/", ""), rule("a/", undefined))).not.toEqual([]);
  });
});
