import type { NotificationConfiguration } from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import { fakeBucket, sdkError } from "../testing/fake-bucket.ts";
import { destinationRefused, refusedDestinations } from "./notification-destinations.ts";
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

function messageOf(error: Error, configuration: NotificationConfiguration = CONFIGURATION): string | undefined {
  const refused = refusedDestinations(error, configuration);
  return refused && destinationRefused({ ours: refused, theirs: [], others: [] }, "arn:aws:s3:::docs").message;
}

describe("the destination that S3 names", () => {
  test.each([
    [QUEUE, "sqs:SendMessage", "the queue's policy must allow"],
    [TOPIC, "sns:Publish", "the topic's policy must allow"],
    [LAMBDA, "lambda:InvokeFunction", "the function's resource policy must allow"],
  ])("%s needs %s: %s it", (arn, action, where) => {
    const message = messageOf(refusal({ ArgumentName1: `${arn}, null`, ArgumentValue1: "Not authorized" }));
    expect(message).toContain(arn);
    expect(message).toContain(action);
    expect(message).toContain(where);
    expect(message).toContain("arn:aws:s3:::docs");
    expect([QUEUE, TOPIC, LAMBDA].filter((other) => message?.includes(other))).toEqual([arn]);
  });
});

test("all, where S3 names none; the first three of many", () => {
  const message = messageOf(refusal());
  for (const arn of [QUEUE, TOPIC, LAMBDA]) expect(message).toContain(arn);
  const many = { QueueConfigurations: Array.from({ length: 99 }, (_, n) => ({ QueueArn: `${QUEUE}-${n}`, Events })) };
  const long = messageOf(refusal(), many) ?? "";
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
  const ids = ["queues/", "topics/", "lambdaFunctions/"];
  const desired = { configuration: CONFIGURATION, owned: { ids, former: [], unmanaged: "Keep" } };
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

describe("beside a destination that S3 refuses", () => {
  const queue = (arn: string) => ({ QueueConfigurations: [{ Id: "q", QueueArn: arn, Events }] });
  const topic = { TopicConfigurations: [{ Id: "t", TopicArn: TOPIC, Events }] };
  const owned = (ids: string[]) => ({ ids, former: [], unmanaged: "Keep" });

  /** S3 that cannot reach the queue. It tests all destinations unless validation is skipped. */
  function withoutQueue(found: object = {}) {
    let tests = 0;
    let stored: object = found;
    const fake = fakeBucket(({ input }) => {
      if (input.SkipDestinationValidation !== true) tests += 1;
      const isRefused = JSON.stringify(input).includes(QUEUE) && input.SkipDestinationValidation !== true;
      if (isRefused) throw refusal({ ArgumentName1: QUEUE });
      stored = input.NotificationConfiguration as object;
    });
    return { ...fake, tests: () => tests, stored: () => stored };
  }

  test("the others are in effect, and tested once", async () => {
    const { bucket, tests, stored } = withoutQueue();
    const desired = { configuration: { ...queue(QUEUE), ...topic }, owned: owned(["queues/q", "topics/t"]) };
    await expect(setting.write(bucket, desired, {})).rejects.toMatchObject({
      reason: "DestinationRefused",
      isNoticed: true,
    });
    expect(stored()).toMatchObject(topic);
    expect(JSON.stringify(stored())).not.toContain(QUEUE);
    expect(tests()).toBe(1);
  });

  test("and no other, tries need not get fewer", async () => {
    const { bucket } = withoutQueue();
    const desired = { configuration: queue(QUEUE), owned: owned(["queues/q"]) };
    await expect(setting.write(bucket, desired, {})).rejects.toMatchObject({ isNoticed: false });
  });

  test("an entry of ours stays as it was until its new destination is reached", async () => {
    const found = queue(`${QUEUE}-former`);
    const { bucket, stored } = withoutQueue(found);
    const desired = { configuration: { ...queue(QUEUE), ...topic }, owned: owned(["queues/q", "topics/t"]) };
    await expect(setting.write(bucket, desired, found)).rejects.toMatchObject({ reason: "DestinationRefused" });
    expect(stored()).toMatchObject({ ...found, ...topic });
  });

  test("which is another tool's, ours are in effect", async () => {
    const theirs = { QueueConfigurations: [{ Id: "theirs", QueueArn: QUEUE, Events }] };
    const { bucket, stored } = withoutQueue(theirs);
    await setting.write(bucket, { configuration: topic, owned: owned(["topics/t"]) }, theirs);
    expect(stored()).toMatchObject({ ...theirs, ...topic });
  });

  test("which is another tool's and cannot be skipped, says whose it is and how to remove it", async () => {
    const theirs = { QueueConfigurations: [{ Id: "theirs", QueueArn: QUEUE, Events }] };
    const { bucket } = fakeBucket(() => {
      throw refusal({ ArgumentName1: QUEUE });
    });
    const desired = { configuration: topic, owned: owned(["topics/t"]) };
    const message = `S3 cannot send to ${QUEUE} of configuration 'queues/theirs', not in the spec: remove what another tool left at AWS, or set spec.notifications.unmanagedConfigurations to Remove`;
    await expect(setting.write(bucket, desired, theirs)).rejects.toMatchObject({
      reason: "DestinationRefused",
      message,
    });
  });

  test("which is another tool's, another failure of the second try is reported as it is", async () => {
    const theirs = { QueueConfigurations: [{ Id: "theirs", QueueArn: QUEUE, Events }] };
    const slow = sdkError("SlowDown", 503);
    const errors = [refusal({ ArgumentName1: QUEUE }), slow];
    const { bucket } = fakeBucket(() => {
      throw errors.shift() ?? slow;
    });
    const desired = { configuration: topic, owned: owned(["topics/t"]) };
    await expect(setting.write(bucket, desired, theirs)).rejects.toBe(slow);
  });

  test("with S3 naming none, the entries of the spec and of another tool are told apart", async () => {
    const theirs = { QueueConfigurations: [{ Id: "theirs", QueueArn: QUEUE, Events }] };
    const { bucket } = fakeBucket(() => {
      throw refusal();
    });
    const desired = { configuration: topic, owned: owned(["topics/t"]) };
    const error: unknown = await setting.write(bucket, desired, theirs).catch((reason: unknown) => reason);
    const { message } = error as Error;
    expect(message).toMatch(new RegExp(`^S3 cannot send to ${TOPIC} .*S3 cannot send to ${QUEUE} of configuration`));
  });

  test("nothing is tested where no destination is new", async () => {
    const found = { ...queue(QUEUE), ...topic };
    const { bucket, tests, stored } = withoutQueue(found);
    const desired = { configuration: { EventBridgeConfiguration: {} }, owned: owned(["eventBridge"]) };
    await setting.write(bucket, desired, found);
    expect(stored()).toMatchObject({ ...found, EventBridgeConfiguration: {} });
    expect(tests()).toBe(0);
  });
});
