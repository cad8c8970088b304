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

/** The desired state of the whole configuration. */
function whole(rules: object[]) {
  return { rules, owned: { ids: [], former: [], unmanaged: "Remove" } };
}

function paths(desired: object[], observed: unknown): string[] {
  return setting.diff(whole(desired), observed).map(({ path }) => path);
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
  expect(setting.desired({ cors: { rules } }, settingContextWith())).toEqual({
    rules: [WEB, UNNAMED],
    owned: { ids: ["web", "#2"], former: [], unmanaged: "Remove" },
  });
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
    expect(setting.diff(whole(desired), observed)).toEqual([]);
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
    ["a rule of another writer", [WEB, UNNAMED], ["rules[#2]"]],
    ["another id", [{ ...WEB, ID: "api" }], ["rules[api]", "rules[web]"]],
    ["no rule", [], ["rules[web]"]],
  ])("%s", (_case, observed, expected) => {
    expect(paths([WEB], observed)).toEqual(expected);
  });

  test("another order of rules, the first match winning", () => {
    const api = { ...UNNAMED, ID: "api" };
    expect(setting.diff(whole([WEB, api]), [api, WEB])).toEqual([
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
    await setting.write(bucket, whole([WEB, UNNAMED]), []);
    const CORSConfiguration = { CORSRules: [WEB, UNNAMED] };
    expect(calls).toEqual([{ command: "PutBucketCorsCommand", input: { ...bucket.ref, CORSConfiguration } }]);
  });

  test("deletes what is to be empty, which a Put may not be", async () => {
    const { bucket, calls } = fakeBucket();
    await setting.write(bucket, whole([]), [WEB]);
    expect(calls).toEqual([{ command: "DeleteBucketCorsCommand", input: bucket.ref }]);
  });
});

describe("with unmanagedRules: Keep", () => {
  const spec = {
    cors: {
      unmanagedRules: "Keep" as const,
      rules: [
        { id: "web", allowedOrigins: ["*"], allowedMethods: ["PUT" as const] },
        { id: "api", allowedOrigins: ["*"], allowedMethods: ["GET" as const] },
      ],
    },
  };
  const desired = setting.desired(spec, settingContextWith({ appliedIds: { cors: ["old"] } }));
  const web = { ID: "web", AllowedOrigins: ["*"], AllowedMethods: ["PUT"] };
  const api = { ID: "api", AllowedOrigins: ["*"], AllowedMethods: ["GET"] };
  const old = { ...UNNAMED, ID: "old" };

  test("rules of others are no difference, wherever they stand", () => {
    expect(setting.diff(desired, [UNNAMED, web, UNNAMED, api])).toEqual([]);
  });

  test("the order of ours is, and so is one that we no longer toSpec", () => {
    expect(setting.diff(desired, [api, UNNAMED, web]).map(({ path }) => path)).toEqual(["rules"]);
    expect(setting.diff(desired, [web, api, old]).map(({ path }) => path)).toEqual(["rules[old]"]);
  });

  test("ours are sent first, then those of others as they are", async () => {
    const { bucket, calls } = fakeBucket();
    await setting.write(bucket, desired, [UNNAMED, old, web]);
    expect(calls[0]?.input).toMatchObject({ CORSConfiguration: { CORSRules: [web, api, UNNAMED] } });
  });
});

test("status tells which rules are ours, by id or place", () => {
  const owned = { ids: ["web", "#2"], former: [], unmanaged: "Remove" };
  expect(setting.report?.({ rules: [], owned }, [WEB, UNNAMED, UNNAMED])).toEqual({
    cors: { appliedIds: ["#2", "web"], unmanagedIds: ["#3"] },
  });
});

test("reset removes the operator's rules, and keeps those of other writers", () => {
  const context = settingContextWith({ appliedIds: { cors: ["web"] } });
  expect(setting.diff(setting.reset([WEB, UNNAMED], context), [UNNAMED])).toEqual([]);
  expect(setting.diff(setting.reset([WEB, UNNAMED], context), [WEB, UNNAMED])).toHaveLength(1);
  expect(setting.reset([UNNAMED], context)).toBeUndefined();
  expect(setting.reset([], context)).toBeUndefined();
});

test("of two rules with one id the first is compared too", () => {
  const rule = (origin: string) => ({ ID: "web", AllowedOrigins: [origin], AllowedMethods: ["GET"] });
  const [a, b] = [rule("https://a.example"), rule("https://b.example")];
  expect(paths([a, b], [rule("*"), b])).not.toEqual([]);
  expect(paths([a, b], [a, b])).toEqual([]);
});

describe("toSpec", () => {
  const toSpec = (observed: object[]) => setting.toSpec(observed, settingContextWith());
  const rules = ({ spec }: ReturnType<typeof toSpec>) => spec?.cors?.rules.map(({ id }) => id);

  test("rules with ids leave room for those of others", () => {
    const exported = toSpec([WEB]);
    expect(exported.spec?.cors?.unmanagedRules).toBe("Keep");
    expect(rules(exported)).toEqual(["web"]);
  });

  test("without ids, or with one twice, they are all the rules", () => {
    for (const observed of [
      [WEB, UNNAMED],
      [WEB, { ...UNNAMED, ID: "web" }],
    ]) {
      const exported = toSpec(observed);
      expect(exported).not.toHaveProperty("spec.cors.unmanagedRules");
      expect(rules(exported)).toEqual(["web", undefined]);
      const again = setting.desired(exported.spec ?? {}, settingContextWith());
      expect(setting.diff(again, observed)).toEqual([]);
    }
  });

  test("omits a rule that a spec cannot express, and with it all rules without ids", () => {
    const newer = { ...WEB, ID: "newer", AllowCredentials: true };
    expect(rules(toSpec([newer, WEB]))).toEqual(["web"]);
    expect(toSpec([newer, WEB]).omitted).toEqual(["rule 'newer' has AllowCredentials, which a spec cannot express"]);
    const { spec, omitted } = toSpec([newer, WEB, UNNAMED]);
    expect(spec).toBeUndefined();
    expect(omitted).toEqual([expect.stringContaining("'newer'"), expect.stringContaining("no unique ids")]);
  });
});
