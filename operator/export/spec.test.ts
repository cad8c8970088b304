import { expect, test } from "vitest";
import { SPEC_CHECKS } from "../api/generated/s3bucket-checks.ts";
import type { S3BucketSpec } from "../api/types.ts";
import type { Observation } from "../bucket/observe.ts";
import type { Setting } from "../bucket/settings/setting.ts";
import { failing, fakeBucket, sdkError } from "../bucket/testing/fake-bucket.ts";
import { change, fakeSetting } from "../bucket/testing/fixtures.ts";
import { CommandError } from "../cli/command.ts";
import { declareBucket } from "./spec.ts";

const { bucket } = fakeBucket(failing("NotToBeCalled", 500));

const KEY_ARN = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd";

function says(name: keyof S3BucketSpec, spec: S3BucketSpec, overrides: Partial<Setting> = {}): Setting {
  return fakeSetting(name, { toSpec: () => ({ spec, omitted: ["more"] }), diff: () => [], ...overrides });
}

function toSpec(settings: Setting[], observations: Record<string, Observation> = {}) {
  const looks = settings.map(({ name }) => [name, observations[name] ?? { value: undefined }] as const);
  return declareBucket(settings, new Map(looks), bucket, SPEC_CHECKS);
}

test("joins the specs of all settings in order, and their notes", () => {
  const settings = [says("versioning", { versioning: "Enabled" }), says("abac", {}), says("tags", { tags: { a: "" } })];
  expect(toSpec(settings)).toEqual({
    spec: { versioning: "Enabled", tags: { a: "" } },
    notes: ["versioning: more", "abac: more", "tags: more"],
  });
});

test("leaves out a setting that a reconcile would change", () => {
  const diff: Setting["diff"] = () => [change("a"), change("b")];
  const { spec, notes } = toSpec([says("versioning", { versioning: "Enabled" }, { diff })]);
  expect(spec).toEqual({});
  expect(notes).toEqual(["versioning: more", "versioning: has a form that a spec cannot express (a, b)"]);
});

test("compares the desired value of the declared spec, with its key", () => {
  const encryption = { sseAlgorithm: "aws:kms", kmsKey: { arn: KEY_ARN } } as const;
  const seen: unknown[] = [];
  const desired: Setting["desired"] = (spec, { kmsKeyArn, baseline }) => seen.push(spec, kmsKeyArn, baseline);
  toSpec([says("encryption", { encryption }, { desired })]);
  expect(seen).toEqual([{ encryption }, KEY_ARN, false]);
});

test("names the action that is missing for a read", () => {
  const { spec, notes } = toSpec(
    [says("cors", { cors: { rules: [{ allowedOrigins: ["*"], allowedMethods: ["GET"] }] } })],
    {
      cors: { error: sdkError("AccessDenied", 403) },
    },
  );
  expect(spec).toEqual({});
  expect(notes).toEqual([expect.stringMatching(/^cors: could not be read\. AWS denied s3:GetIt on arn:aws:s3:::docs/)]);
});

test("leaves out what the API accepts only with versioning", () => {
  const lock = says("objectLock", { objectLock: { mode: "None" } });
  const on = says("versioning", { versioning: "Enabled" });
  expect(toSpec([on, lock]).spec).toHaveProperty("objectLock");
  const { spec, notes } = toSpec([lock]);
  expect(spec).toEqual({});
  expect(notes).toContain("objectLock: needs versioning in the spec, which is left out");
});

test("does not count ownership tags as a difference", () => {
  const tags = { "s3-operator.io/released-by": "a/b/c", team: "docs" };
  const ownershipTags: unknown[] = [];
  const desired: Setting["desired"] = (_spec, context) => ownershipTags.push(context.ownershipTags);
  toSpec([says("tags", { tags: { team: "docs" } }, { desired })], { tags: { value: tags } });
  expect(ownershipTags).toEqual([{ "s3-operator.io/released-by": "a/b/c" }]);
});

test("leaves out what the API server refuses beside another setting", () => {
  const requestPayment = says("requestPayment", { requestPayment: "Requester" });
  const policy = says("policy", { policy: { logDelivery: [{ service: "logging.s3.amazonaws.com" }] } });
  expect(toSpec([requestPayment]).spec).toEqual({ requestPayment: "Requester" });
  const { spec, notes } = toSpec([policy, requestPayment]);
  expect(Object.keys(spec)).toEqual(["policy"]);
  expect(notes.at(-1)).toContain("requestPayment: in a spec, may not be 'Requester' with 'policy.logDelivery'");
});

test("refuses a bucket that no S3Bucket can name", () => {
  const { bucket } = fakeBucket();
  expect(() => declareBucket([], new Map(), { ...bucket, name: "xn--docs" }, SPEC_CHECKS)).toThrow(CommandError);
});
