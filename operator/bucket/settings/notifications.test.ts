import { describe, expect, test } from "vitest";
import type { S3BucketSpec } from "../../api/types.ts";
import { fakeBucket } from "../testing/fake-bucket.ts";
import { settingContextWith } from "../testing/fixtures.ts";
import { notifications as setting } from "./notifications.ts";

type Spec = NonNullable<S3BucketSpec["notifications"]>;

const ARNS = {
  queue: "arn:aws:sqs:eu-central-1:111122223333:uploads",
  topic: "arn:aws:sns:eu-central-1:111122223333:uploads",
  lambda: "arn:aws:lambda:eu-central-1:111122223333:function:thumbnails",
};
const RULES = [
  { Name: "prefix", Value: "uploads/" },
  { Name: "suffix", Value: ".pdf" },
];
const QUEUE = {
  Id: "pdf",
  QueueArn: ARNS.queue,
  Events: ["s3:ObjectCreated:Put", "s3:ObjectCreated:Post"],
  Filter: { Key: { FilterRules: RULES } },
};
const TOPIC = { Id: "removed", TopicArn: ARNS.topic, Events: ["s3:ObjectRemoved:*"] };
const LAMBDA = { Id: "thumbnails", LambdaFunctionArn: ARNS.lambda, Events: ["s3:ObjectCreated:*"] };
const THEIRS = { Id: "console", LambdaFunctionArn: `${ARNS.lambda}-2`, Events: ["s3:ObjectRestore:*"] };
const SPEC: Spec = {
  queues: [
    {
      id: "pdf",
      queueArn: ARNS.queue,
      events: ["s3:ObjectCreated:Put", "s3:ObjectCreated:Post"],
      filter: { prefix: "uploads/", suffix: ".pdf" },
    },
  ],
  topics: [{ id: "removed", topicArn: ARNS.topic, events: ["s3:ObjectRemoved:*"] }],
  lambdaFunctions: [{ id: "thumbnails", lambdaFunctionArn: ARNS.lambda, events: ["s3:ObjectCreated:*"] }],
};
const OURS = {
  QueueConfigurations: [QUEUE],
  TopicConfigurations: [TOPIC],
  LambdaFunctionConfigurations: [LAMBDA],
};

function desiredWith(notifications: Spec, appliedIds: string[] = []): unknown {
  return setting.desired({ notifications }, settingContextWith({ appliedIds: { notifications: appliedIds } }));
}

function paths(desired: unknown, observed: unknown): string[] {
  return setting.diff(desired, observed).map(({ path }) => path);
}

async function written(desired: unknown, observed: unknown): Promise<unknown> {
  const { bucket, calls } = fakeBucket();
  await setting.write(bucket, desired, observed);
  expect(calls.map(({ command }) => command)).toEqual(["PutBucketNotificationConfigurationCommand"]);
  return calls[0]?.input.NotificationConfiguration;
}

test("desired: the spec's entries in S3's words, with the names by which they are ours", () => {
  expect(desiredWith({ ...SPEC, eventBridge: "Enabled" })).toEqual({
    configuration: { ...OURS, EventBridgeConfiguration: {} },
    owned: {
      ids: ["queues/pdf", "topics/removed", "lambdaFunctions/thumbnails", "eventBridge"],
      former: [],
      unmanaged: "Keep",
    },
  });
  expect(setting.desired({}, settingContextWith({ baseline: true }))).toBeUndefined();
});

test("observe: the configuration, and nothing else of the answer", async () => {
  const answer = { ...OURS, EventBridgeConfiguration: {}, $metadata: { httpStatusCode: 200 } };
  const { bucket, calls } = fakeBucket(() => answer);
  expect(await setting.observe(bucket)).toEqual({ ...OURS, EventBridgeConfiguration: {} });
  expect(calls).toEqual([{ command: "GetBucketNotificationConfigurationCommand", input: bucket.ref }]);
});

describe("diff finds nothing in", () => {
  const queue = (other: object) => ({ ...OURS, QueueConfigurations: [{ ...QUEUE, ...other }] });

  test.each([
    ["the same", OURS],
    ["events in another order, or twice", queue({ Events: [...QUEUE.Events.toReversed(), ...QUEUE.Events] })],
    [
      "filter rules in another order, their names with a capital",
      queue({
        Filter: {
          Key: {
            FilterRules: RULES.toReversed().map(({ Name, Value }) => ({
              Name: Name.replace(/^./, (c) => c.toUpperCase()),
              Value,
            })),
          },
        },
      }),
    ],
    ["an empty filter", { ...OURS, TopicConfigurations: [{ ...TOPIC, Filter: { Key: { FilterRules: [] } } }] }],
    [
      "an empty prefix",
      {
        ...OURS,
        TopicConfigurations: [{ ...TOPIC, Filter: { Key: { FilterRules: [{ Name: "Prefix", Value: "" }] } } }],
      },
    ],
    ["entries of others", { ...OURS, LambdaFunctionConfigurations: [THEIRS, LAMBDA] }],
    ["EventBridge, which is not declared", { ...OURS, EventBridgeConfiguration: {} }],
    ["fields unknown to us", queue({ SimulatedUnknownField: "unknown" })],
  ])("%s", (_case, observed) => {
    expect(setting.diff(desiredWith(SPEC), observed)).toEqual([]);
  });
});

describe("diff finds", () => {
  test.each([
    ["another destination", { QueueArn: `${ARNS.queue}2` }, "queues[pdf].arn"],
    ["other events", { Events: ["s3:ObjectCreated:Put"] }, "queues[pdf].events"],
    ["another prefix", { Filter: { Key: { FilterRules: [RULES[1]] } } }, "queues[pdf].prefix"],
    ["another suffix", { Filter: { Key: { FilterRules: [RULES[0]] } } }, "queues[pdf].suffix"],
  ])("%s", (_case, other, path) => {
    expect(paths(desiredWith(SPEC), { ...OURS, QueueConfigurations: [{ ...QUEUE, ...other }] })).toEqual([path]);
  });

  test("an entry that is gone", () => {
    expect(paths(desiredWith(SPEC), { ...OURS, TopicConfigurations: undefined })).toEqual(["topics[removed]"]);
  });

  test("one that we applied and that is no longer declared, in this list or another one", () => {
    const desired = desiredWith({ queues: SPEC.queues ?? [] }, ["topics/removed", "lambdaFunctions/pdf"]);
    const moved = { ...LAMBDA, Id: "pdf" };
    const observed = { ...OURS, LambdaFunctionConfigurations: [moved, THEIRS] };
    expect(paths(desired, observed)).toEqual(["topics[removed]", "lambdaFunctions[pdf]"]);
  });

  test("entries of others, where they are to be removed, EventBridge among them", () => {
    const desired = desiredWith({ ...SPEC, unmanagedConfigurations: "Remove" });
    const observed = { ...OURS, LambdaFunctionConfigurations: [LAMBDA, THEIRS], EventBridgeConfiguration: {} };
    expect(paths(desired, observed)).toEqual(["lambdaFunctions[console]", "eventBridge"]);
  });

  test.each([
    ["Enabled", undefined, [{ path: "eventBridge", desired: "Enabled", actual: "Disabled" }]],
    ["Enabled", {}, []],
    ["Disabled", undefined, []],
    ["Disabled", {}, [{ path: "eventBridge", desired: "Disabled", actual: "Enabled" }]],
  ] as const)("EventBridge: %s declared, found %j", (eventBridge, EventBridgeConfiguration, changes) => {
    expect(setting.diff(desiredWith({ eventBridge }), { EventBridgeConfiguration })).toEqual(changes);
  });
});

describe("write", () => {
  test("sends ours and those of others, EventBridge among them, without those no longer declared", async () => {
    const observed = {
      QueueConfigurations: [{ ...QUEUE, Id: "old" }],
      LambdaFunctionConfigurations: [THEIRS],
      EventBridgeConfiguration: {},
    };
    expect(await written(desiredWith(SPEC, ["queues/old"]), observed)).toEqual({
      ...OURS,
      LambdaFunctionConfigurations: [LAMBDA, THEIRS],
      EventBridgeConfiguration: {},
    });
  });

  test("sends only ours where others are to be removed", async () => {
    const desired = desiredWith({ ...SPEC, unmanagedConfigurations: "Remove" });
    expect(await written(desired, { LambdaFunctionConfigurations: [THEIRS], EventBridgeConfiguration: {} })).toEqual(
      OURS,
    );
  });

  test("switches EventBridge on and off", async () => {
    expect(await written(desiredWith({ eventBridge: "Enabled" }), {})).toEqual({ EventBridgeConfiguration: {} });
    expect(await written(desiredWith({ eventBridge: "Disabled" }), { EventBridgeConfiguration: {} })).toEqual({});
  });
});

test("report: which entries are ours, and which are not", () => {
  const observed = { ...OURS, LambdaFunctionConfigurations: [THEIRS], EventBridgeConfiguration: {} };
  expect(setting.report?.(desiredWith(SPEC), observed)).toEqual({
    notifications: {
      appliedIds: ["lambdaFunctions/thumbnails", "queues/pdf", "topics/removed"],
      unmanagedIds: ["eventBridge", "lambdaFunctions/console"],
    },
  });
});

describe("reset", () => {
  const context = settingContextWith({ appliedIds: { notifications: ["queues/pdf", "eventBridge"] } });

  test("removes the operator's entries, and keeps those of other writers", async () => {
    const observed = { ...OURS, EventBridgeConfiguration: {} };
    const left = { TopicConfigurations: [TOPIC], LambdaFunctionConfigurations: [LAMBDA] };
    const reset = setting.reset(observed, context);
    expect(await written(reset, observed)).toEqual(left);
    expect(setting.diff(reset, left)).toEqual([]);
  });

  test("is done when none of the operator's is there", () => {
    expect(setting.reset({ TopicConfigurations: [TOPIC] }, context)).toBeUndefined();
    expect(setting.reset(OURS, settingContextWith())).toBeUndefined();
  });
});

test("toSpec: entries of each list and EventBridge; what a spec cannot say stays as it is", () => {
  const toSpec = (observed: object) => setting.toSpec(observed, settingContextWith());
  const newer = { ...QUEUE, Id: "newer", BatchSize: 10 };
  const observed = { QueueConfigurations: [QUEUE, newer], EventBridgeConfiguration: {} };
  const { spec, omitted } = toSpec(observed);
  expect(spec?.notifications?.queues?.map(({ id }) => id)).toEqual(["pdf"]);
  expect(spec?.notifications?.eventBridge).toBe("Enabled");
  expect(omitted).toEqual(["configuration 'queues/newer' has BatchSize, which a spec cannot express"]);
  expect(setting.diff(setting.desired(spec ?? {}, settingContextWith()), observed)).toEqual([]);
  expect(toSpec({})).toEqual({ omitted: [] });
});
