import { describe, expect, test } from "vitest";
import { failing, fakeBucket } from "../testing/fake-bucket.ts";
import { settingContextWith } from "../testing/fixtures.ts";
import { cors as setting } from "./cors.ts";

const WEB = {
  ID: "web",
  AllowedOrigins: ["https://app.example.com", "https://www.example.com"],
  AllowedMethods: ["GET", "PUT"],
  AllowedHeaders: ["Content-Type", "X-Custom"],
  ExposeHeaders: ["ETag"],
  MaxAgeSeconds: 3000,
};
const UNNAMED = { AllowedOrigins: ["*"], AllowedMethods: ["GET"] };

function paths(desired: unknown, observed: unknown): string[] {
  return setting.diff(desired, observed).map(({ path }) => path);
}

test("desired: the spec's rules in S3's words; there is no baseline for it", () => {
  const rules = [
    {
      id: "web",
      allowedOrigins: WEB.AllowedOrigins,
      allowedMethods: ["GET" as const, "PUT" as const],
      allowedHeaders: WEB.AllowedHeaders,
      exposeHeaders: WEB.ExposeHeaders,
      maxAgeSeconds: WEB.MaxAgeSeconds,
    },
    { allowedOrigins: ["*"], allowedMethods: ["GET" as const] },
  ];
  expect(setting.desired({ cors: { rules } }, settingContextWith())).toEqual([WEB, UNNAMED]);
  expect(setting.desired({}, settingContextWith({ baseline: true }))).toBeUndefined();
});

describe("observe", () => {
  test("the rules", async () => {
    const { bucket, calls } = fakeBucket(() => ({ CORSRules: [WEB] }));
    expect(await setting.observe(bucket)).toEqual([WEB]);
    expect(calls).toEqual([{ command: "GetBucketCorsCommand", input: bucket.ref }]);
  });

  test("none", async () => {
    const { bucket } = fakeBucket(failing("NoSuchCORSConfiguration", 404));
    expect(await setting.observe(bucket)).toEqual([]);
  });
});

describe("diff finds nothing in", () => {
  test.each([
    ["the same", [WEB, UNNAMED], [WEB, UNNAMED]],
    [
      "lists in another order",
      [WEB],
      [
        {
          ...WEB,
          AllowedOrigins: WEB.AllowedOrigins.toReversed(),
          AllowedMethods: ["PUT", "GET"],
          AllowedHeaders: WEB.AllowedHeaders.toReversed(),
        },
      ],
    ],
    [
      "header names in another letter case",
      [WEB],
      [{ ...WEB, AllowedHeaders: ["content-type", "x-custom"], ExposeHeaders: ["etag"] }],
    ],
    ["values that stand twice", [WEB], [{ ...WEB, AllowedMethods: ["GET", "PUT", "GET"] }]],
    ["no list and an empty one", [UNNAMED], [{ ...UNNAMED, AllowedHeaders: [], ExposeHeaders: [] }]],
    ["an empty list and none", [{ ...UNNAMED, AllowedHeaders: [] }], [UNNAMED]],
    ["fields unknown to us", [WEB], [{ ...WEB, SimulatedUnknownField: "unknown" }]],
  ])("%s", (_case, desired, observed) => {
    expect(setting.diff(desired, observed)).toEqual([]);
  });
});

describe("diff finds", () => {
  test.each([
    ["another origin", [{ ...WEB, AllowedOrigins: ["https://app.example.com"] }], ["rules[web].allowedOrigins"]],
    [
      "an origin in another letter case",
      [{ ...WEB, AllowedOrigins: ["https://APP.example.com", "https://www.example.com"] }],
      ["rules[web].allowedOrigins"],
    ],
    ["another method", [{ ...WEB, AllowedMethods: ["GET"] }], ["rules[web].allowedMethods"]],
    ["another header", [{ ...WEB, AllowedHeaders: ["*"] }], ["rules[web].allowedHeaders"]],
    ["no exposed header", [{ ...WEB, ExposeHeaders: undefined }], ["rules[web].exposeHeaders"]],
    ["an age of 0, which forbids keeping", [{ ...WEB, MaxAgeSeconds: 0 }], ["rules[web].maxAgeSeconds"]],
    [
      "another age and method",
      [{ ...WEB, MaxAgeSeconds: 1, AllowedMethods: ["GET"] }],
      ["rules[web].allowedMethods", "rules[web].maxAgeSeconds"],
    ],
    ["a rule of somebody else", [WEB, UNNAMED], ["rules[#2]"]],
    ["another id", [{ ...WEB, ID: "api" }], ["rules[api]", "rules[web]"]],
    ["no rule", [], ["rules[web]"]],
  ])("%s", (_case, observed, expected) => {
    expect(paths([WEB], observed)).toEqual(expected);
  });

  test("another order of rules, the first match winning", () => {
    const api = { ...UNNAMED, ID: "api" };
    expect(setting.diff([WEB, api], [api, WEB])).toEqual([
      { path: "rules", desired: '["web","api"]', actual: '["api","web"]' },
    ]);
  });

  test("another order of rules without ids", () => {
    const other = { ...UNNAMED, AllowedMethods: ["HEAD"] };
    expect(paths([UNNAMED, other], [other, UNNAMED])).toEqual(["rules[#1].allowedMethods", "rules[#2].allowedMethods"]);
  });
});

describe("write", () => {
  test("sends all rules as declared", async () => {
    const { bucket, calls } = fakeBucket();
    await setting.write(bucket, [WEB, UNNAMED], []);
    const CORSConfiguration = { CORSRules: [WEB, UNNAMED] };
    expect(calls).toEqual([{ command: "PutBucketCorsCommand", input: { ...bucket.ref, CORSConfiguration } }]);
  });

  test("deletes what is to be empty, which a Put may not be", async () => {
    const { bucket, calls } = fakeBucket();
    await setting.write(bucket, setting.reset([WEB]), [WEB]);
    expect(calls).toEqual([{ command: "DeleteBucketCorsCommand", input: bucket.ref }]);
  });
});

test("reset takes all rules away, if there are any", () => {
  expect(setting.reset([UNNAMED])).toEqual([]);
  expect(setting.reset([])).toBeUndefined();
});

test("of two rules with one id the first is compared too", () => {
  const rule = (origin: string) => ({ ID: "web", AllowedOrigins: [origin], AllowedMethods: ["GET"] });
  const [a, b] = [rule("https://a.example"), rule("https://b.example")];
  expect(setting.diff([a, b], [rule("*"), b])).not.toEqual([]);
  expect(setting.diff([a, b], [a, b])).toEqual([]);
});
