import { expect, test } from "vitest";
import { fakeBucket } from "../testing/fake-bucket.ts";
import { settingContextWith } from "../testing/fixtures.ts";
import { requestPayment as setting } from "./request-payment.ts";

test("desired: what the spec says; there is no baseline for it", () => {
  expect(setting.desired({ requestPayment: "Requester" }, settingContextWith())).toBe("Requester");
  expect(setting.desired({}, settingContextWith({ baseline: true }))).toBeUndefined();
});

test.each([
  [{ Payer: "Requester" }, "Requester"],
  [{ Payer: "BucketOwner" }, "BucketOwner"],
  [{}, "BucketOwner"],
])("observe: %j is %s", async (answer, observed) => {
  const { bucket, calls } = fakeBucket(() => answer);
  expect(await setting.observe(bucket)).toBe(observed);
  expect(calls).toEqual([{ command: "GetBucketRequestPaymentCommand", input: bucket.ref }]);
});

test("diff", () => {
  expect(setting.diff("Requester", "Requester")).toEqual([]);
  expect(setting.diff("Requester", "BucketOwner")).toEqual([{ path: "", desired: "Requester", actual: "BucketOwner" }]);
});

test("write", async () => {
  const { bucket, calls } = fakeBucket();
  await setting.write(bucket, "Requester", "BucketOwner");
  const RequestPaymentConfiguration = { Payer: "Requester" };
  expect(calls).toEqual([
    { command: "PutBucketRequestPaymentCommand", input: { ...bucket.ref, RequestPaymentConfiguration } },
  ]);
});

test("reset", () => {
  expect(setting.reset("Requester", settingContextWith())).toBe("BucketOwner");
  expect(setting.reset("BucketOwner", settingContextWith())).toBeUndefined();
});
