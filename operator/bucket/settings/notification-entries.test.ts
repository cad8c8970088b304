import { expect, test } from "vitest";
import { toEntry } from "./notification-entries.ts";

const QUEUE = "arn:aws:sqs:eu-central-1:111122223333:q";
const PREFIX = { Name: "prefix", Value: "raw/" };
const SUFFIX = { Name: "suffix", Value: ".csv" };

test.each([
  [undefined, undefined],
  [{}, undefined],
  [{ prefix: "", suffix: "" }, undefined],
  [{ prefix: "raw/" }, { Key: { FilterRules: [PREFIX] } }],
  [{ prefix: "", suffix: ".csv" }, { Key: { FilterRules: [SUFFIX] } }],
  [{ prefix: "raw/", suffix: ".csv" }, { Key: { FilterRules: [PREFIX, SUFFIX] } }],
])("the filter %j becomes %j", (filter, Filter) => {
  const entry = { id: "a", queueArn: QUEUE, events: ["s3:ObjectCreated:*" as const], ...(filter && { filter }) };
  expect(toEntry("queues", entry)).toEqual({ Id: "a", QueueArn: QUEUE, Events: ["s3:ObjectCreated:*"], Filter });
});
