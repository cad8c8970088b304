/** Server access logging and event notifications: FACTS.md#s3-logging and FACTS.md#s3-notifications. */

import {
  CreateBucketCommand,
  GetBucketLoggingCommand,
  GetBucketNotificationConfigurationCommand,
  PutBucketLoggingCommand,
  PutBucketNotificationConfigurationCommand,
  type LoggingEnabled,
  type NotificationConfiguration,
  type QueueConfiguration,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { simulatorTest, startTarget, type Target } from "./target.ts";

let target: Target;
let Bucket: string;
let logs: string;

beforeAll(async () => {
  target = await startTarget();
  [Bucket, logs] = [target.bucketName(), target.bucketName()];
  for (const name of [Bucket, logs]) await target.s3().send(new CreateBucketCommand({ Bucket: name }));
});
afterAll(() => target.stop());

describe("logging", () => {
  const put = (enabled: LoggingEnabled | undefined) =>
    target.s3().send(
      new PutBucketLoggingCommand({
        Bucket,
        BucketLoggingStatus: enabled === undefined ? {} : { LoggingEnabled: enabled },
      }),
    );
  const get = async () => (await target.s3().send(new GetBucketLoggingCommand({ Bucket }))).LoggingEnabled;

  test("logging is off at first, reads back in each key format, and can be turned off", async () => {
    expect(await get()).toBeUndefined();
    const plain = { TargetBucket: logs, TargetPrefix: "" };
    for (const format of [
      undefined,
      { SimplePrefix: {} },
      { PartitionedPrefix: { PartitionDateSource: "EventTime" as const } },
      { PartitionedPrefix: { PartitionDateSource: "DeliveryTime" as const } },
    ]) {
      const enabled = format === undefined ? plain : { ...plain, TargetPrefix: "p/", TargetObjectKeyFormat: format };
      await put(enabled);
      expect(await get()).toEqual(enabled);
    }
    await put(undefined);
    expect(await get()).toBeUndefined();
  });

  test("logging refuses a missing target, and a target in another region", async () => {
    const nowhere = put({ TargetBucket: target.bucketName(), TargetPrefix: "" });
    const invalid = { name: "InvalidTargetBucketForLogging", $metadata: { httpStatusCode: 400 } };
    await expect(nowhere).rejects.toMatchObject({
      ...invalid,
      message: "The target bucket for logging does not exist",
    });
    const elsewhere = target.bucketName("eu-west-1");
    await target.s3({ region: "eu-west-1" }).send(new CreateBucketCommand({ Bucket: elsewhere }));
    const far = put({ TargetBucket: elsewhere, TargetPrefix: "" });
    // S3 has this spelling.
    const prohibited = { name: "CrossLocationLoggingProhibitted", $metadata: { httpStatusCode: 403 } };
    await expect(far).rejects.toMatchObject(prohibited);
  });

  simulatorTest("logging refuses a target of another account", async () => {
    const theirs = target.bucketName();
    target.simulator.account("999988887777").createBucket(theirs);
    const put1 = put({ TargetBucket: theirs, TargetPrefix: "" });
    await expect(put1).rejects.toMatchObject({ name: "InvalidTargetBucketForLogging" });
  });

  test.for<[string, object]>([
    ["no prefix", { TargetPrefix: undefined }],
    ["two key formats", { TargetObjectKeyFormat: { SimplePrefix: {}, PartitionedPrefix: {} } }],
    ["an unknown date source", { TargetObjectKeyFormat: { PartitionedPrefix: { PartitionDateSource: "Yesterday" } } }],
  ])("logging with %s is refused with MalformedXML", async ([, fields]) => {
    const refused = put({ TargetBucket: logs, TargetPrefix: "", ...fields });
    await expect(refused).rejects.toMatchObject({ name: "MalformedXML" });
  });
});

describe("notifications", () => {
  const arn = (service: string, name: string) => `arn:aws:${service}:us-east-1:${target.accountId}:${name}`;
  const queue = (fields: Partial<QueueConfiguration> = {}): QueueConfiguration => ({
    QueueArn: arn("sqs", "allowed"),
    Events: ["s3:ObjectCreated:*"],
    ...fields,
  });
  const filter = (...rules: [name: string, value: string][]) => ({
    Filter: { Key: { FilterRules: rules.map(([Name, Value]) => ({ Name: Name as "prefix", Value })) } },
  });
  const put = (configuration: NotificationConfiguration, SkipDestinationValidation?: boolean) =>
    target.s3().send(
      new PutBucketNotificationConfigurationCommand({
        Bucket,
        NotificationConfiguration: configuration,
        ...(SkipDestinationValidation !== undefined && { SkipDestinationValidation }),
      }),
    );
  const get = async () => {
    const { $metadata: _, ...rest } = await target.s3().send(new GetBucketNotificationConfigurationCommand({ Bucket }));
    return rest;
  };

  test("a bucket has no notifications at first, and EventBridge is on while its empty element is present", async () => {
    expect(await get()).toEqual({});
    await put({ EventBridgeConfiguration: {} });
    expect(await get()).toEqual({ EventBridgeConfiguration: {} });
    await put({});
    expect(await get()).toEqual({});
  });

  simulatorTest("notifications get generated IDs and capitalised filter names", async () => {
    const { notificationDestinations } = target.simulator.account(target.accountId);
    for (const [service, name] of [
      ["sqs", "allowed"],
      ["sns", "allowed"],
      ["lambda", "function:allowed"],
    ] as const) {
      notificationDestinations.set(arn(service, name), "Allowed");
    }
    await put({
      QueueConfigurations: [queue({ Id: "mine", ...filter(["prefix", "raw/"], ["SUFFIX", ".csv"]) })],
      TopicConfigurations: [{ TopicArn: arn("sns", "allowed"), Events: ["s3:ObjectRemoved:*"] }],
      LambdaFunctionConfigurations: [
        { LambdaFunctionArn: arn("lambda", "function:allowed"), Events: ["s3:ObjectRestore:Completed"] },
      ],
    });
    const { QueueConfigurations, TopicConfigurations, LambdaFunctionConfigurations } = await get();
    expect(QueueConfigurations).toEqual([queue({ Id: "mine", ...filter(["Prefix", "raw/"], ["Suffix", ".csv"]) })]);
    expect(TopicConfigurations?.[0]?.Id).toBeTruthy();
    expect(LambdaFunctionConfigurations?.[0]?.Id).toBeTruthy();
    expect(TopicConfigurations?.[0]?.Id).not.toBe(LambdaFunctionConfigurations?.[0]?.Id);
  });

  simulatorTest("one invalid destination refuses all notifications and changes nothing", async () => {
    const { notificationDestinations } = target.simulator.account(target.accountId);
    notificationDestinations.set(arn("sqs", "allowed"), "Allowed").set(arn("sqs", "closed"), "Denied");
    await put({ QueueConfigurations: [queue({ Id: "before" })] });
    const before = await get();
    const both = {
      QueueConfigurations: [
        queue({ QueueArn: arn("sqs", "nowhere"), ...filter(["prefix", "a/"]) }),
        queue({ QueueArn: arn("sqs", "closed"), ...filter(["prefix", "b/"]) }),
      ],
      LambdaFunctionConfigurations: [
        { LambdaFunctionArn: arn("lambda", "function:closed"), Events: ["s3:ObjectRemoved:*" as const] },
      ],
    };
    await expect(put(both)).rejects.toMatchObject({
      name: "InvalidArgument",
      message: "Unable to validate the following destination configurations",
      ArgumentName1: arn("sqs", "nowhere"),
      ArgumentValue1: "The destination queue does not exist",
      ArgumentName2: arn("sqs", "closed"),
      ArgumentValue2: "Permissions on the destination queue do not allow S3 to publish notifications from this bucket",
      ArgumentName3: `${arn("lambda", "function:closed")}, null`,
      ArgumentValue3: `Not authorized to invoke function [${arn("lambda", "function:closed")}]`,
    });
    expect(await get()).toEqual(before);
    await put(both, true);
    expect((await get()).QueueConfigurations).toHaveLength(2);
    await put({});
  });

  const invalid = (configuration: () => NotificationConfiguration, name = "InvalidArgument") => ({
    configuration,
    name,
  });
  test.for([
    ["an ARN of another service", invalid(() => ({ QueueConfigurations: [queue({ QueueArn: "invalid-queue" })] }))],
    [
      "a destination in another region",
      invalid(() => ({
        QueueConfigurations: [queue({ QueueArn: `arn:aws:sqs:eu-west-1:${target.accountId}:q` })],
      })),
    ],
    ["a FIFO queue", invalid(() => ({ QueueConfigurations: [queue({ QueueArn: arn("sqs", "q.fifo") })] }))],
    [
      "an unknown event",
      invalid(() => ({ QueueConfigurations: [queue({ Events: ["s3:ObjectLooked:At" as never] })] })),
    ],
    ["no event", invalid(() => ({ QueueConfigurations: [queue({ Events: [] })] }), "MalformedXML")],
    ["an unknown filter name", invalid(() => ({ QueueConfigurations: [queue(filter(["INVALID", "any"]))] }))],
    [
      "a filter rule without a value",
      invalid(
        () => ({ QueueConfigurations: [queue({ Filter: { Key: { FilterRules: [{ Name: "prefix" }] } } })] }),
        "MalformedXML",
      ),
    ],
    [
      "a repeated ID",
      invalid(() => ({
        QueueConfigurations: [queue({ Id: "a" }), queue({ Id: "a", Events: ["s3:ObjectRemoved:*"] })],
      })),
    ],
    [
      "overlapping prefixes for one event",
      invalid(() => ({
        QueueConfigurations: [queue(filter(["prefix", "images"])), queue(filter(["prefix", "images/raw"]))],
      })),
    ],
    [
      "overlapping suffixes and prefixes",
      invalid(() => ({
        QueueConfigurations: [
          queue(filter(["suffix", ".jpg"])),
          queue({ Events: ["s3:ObjectCreated:Put"], ...filter(["prefix", "a/"], ["suffix", "n.jpg"]) }),
        ],
      })),
    ],
  ] as const)("notifications with %s are refused", async ([, { configuration, name }]) => {
    const refused = { name, $metadata: { httpStatusCode: 400 } };
    await expect(put(configuration(), true)).rejects.toMatchObject(refused);
  });

  test("notifications with different prefixes, suffixes or events do not overlap", async () => {
    await put(
      {
        QueueConfigurations: [
          queue(filter(["prefix", "a/"], ["suffix", ".jpg"])),
          queue(filter(["prefix", "a/"], ["suffix", ".png"])),
          queue(filter(["prefix", "b/"])),
          queue({ Events: ["s3:ObjectRemoved:Delete"] }),
        ],
      },
      true,
    );
    expect((await get()).QueueConfigurations).toHaveLength(4);
    await put({});
  });
});
