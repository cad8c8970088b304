import { describe, expect, test } from "vitest";
import { fakeBucket, sdkError } from "../testing/fake-bucket.ts";
import { destinationRefused } from "./notification-destinations.ts";
import { notifications as setting } from "./notifications.ts";

const QUEUE = "arn:aws:sqs:eu-central-1:111122223333:uploads";
const TOPIC = "arn:aws:sns:eu-central-1:111122223333:uploads";
const LAMBDA = "arn:aws:lambda:eu-central-1:111122223333:function:thumbnails";
const Events = ["s3:ObjectCreated:*" as const];
const CONFIGURATION = {
  QueueConfigurations: [{ QueueArn: QUEUE, Events }],
  TopicConfigurations: [{ TopicArn: TOPIC, Events }],
  LambdaFunctionConfigurations: [{ LambdaFunctionArn: LAMBDA, Events }],
};
const UNABLE = "Unable to validate the following destination configurations";

function refusal(extra: object = {}, message = UNABLE) {
  return Object.assign(sdkError("InvalidArgument", 400, extra), { message });
}

function messageOf(error: Error): string | undefined {
  return destinationRefused(error, CONFIGURATION, "arn:aws:s3:::docs")?.message;
}

describe("the destination that S3 names", () => {
  test.each([
    [QUEUE, "sqs:SendMessage"],
    [TOPIC, "sns:Publish"],
    [LAMBDA, "lambda:InvokeFunction"],
  ])("%s needs %s", (arn, action) => {
    const message = messageOf(refusal({ ArgumentName1: `${arn}, null`, ArgumentValue1: "Not authorized" }));
    expect(message).toContain(arn);
    expect(message).toContain(action);
    expect(message).toContain("arn:aws:s3:::docs");
    expect([QUEUE, TOPIC, LAMBDA].filter((other) => message?.includes(other))).toEqual([arn]);
  });
});

test("all, where S3 names none; the first three of many", () => {
  const message = messageOf(refusal());
  for (const arn of [QUEUE, TOPIC, LAMBDA]) expect(message).toContain(arn);
  const many = { QueueConfigurations: Array.from({ length: 99 }, (_, n) => ({ QueueArn: `${QUEUE}-${n}`, Events })) };
  const long = destinationRefused(refusal(), many, "arn:aws:s3:::docs")?.message ?? "";
  expect(long).toContain("and 96 more");
  expect(long.length).toBeLessThan(1_000);
});

test.each([
  ["another refusal", refusal({}, "Configuration is ambiguously defined")],
  ["a denial", Object.assign(sdkError("AccessDenied", 403), { message: UNABLE })],
  ["a fault", Object.assign(sdkError("InternalError", 500), { message: UNABLE })],
  ["no error of AWS", new Error(UNABLE)],
])("%s is about something else", (_case, error) => {
  expect(messageOf(error)).toBeUndefined();
});

test("the setting says it in those words, and passes other errors on", async () => {
  const desired = { configuration: CONFIGURATION, owned: { ids: [], former: [], unmanaged: "Keep" } };
  const failingWith = (error: Error) =>
    fakeBucket(() => {
      throw error;
    }).bucket;
  await expect(setting.write(failingWith(refusal()), desired, {})).rejects.toMatchObject({
    name: "SettingRefused",
    reason: "DestinationRefused",
  });
  const other = sdkError("SlowDown", 503);
  await expect(setting.write(failingWith(other), desired, {})).rejects.toBe(other);
});
