import { expect, test } from "vitest";
import { SPEC_CHECKS } from "../api/generated/s3bucket-checks.ts";
import type { S3BucketSpec } from "../api/types.ts";
import { acceptedPart } from "./accepted.ts";

function partOf(spec: S3BucketSpec) {
  return acceptedPart(Object.keys(spec)[0] as keyof S3BucketSpec, { spec, omitted: ["more"] }, SPEC_CHECKS);
}

const rule = { allowedOrigins: ["*"], allowedMethods: ["GET" as const] };
const web = { ...rule, id: "web" };
const events = ["s3:ObjectCreated:*" as const];
const queue = { id: "q", queueArn: "arn:aws:sqs:eu-central-1:111122223333:uploads", events };

test("a valid setting stays as it is", () => {
  const spec: S3BucketSpec = { cors: { rules: [rule] } };
  expect(partOf(spec)).toEqual({ spec, omitted: ["more"] });
  expect(acceptedPart("cors", {}, SPEC_CHECKS)).toEqual({});
});

test("an entry that the API server refuses is omitted alone where others are kept", () => {
  const cors = { unmanagedRules: "Keep" as const, rules: [{ ...rule, id: "" }, web] };
  expect(partOf({ cors })).toEqual({
    spec: { cors: { unmanagedRules: "Keep", rules: [web] } },
    omitted: ["more", "rules[#1]: in a spec, id must have at least 1 character"],
  });
});

test("an entry that the API server refuses omits the setting where others would be removed", () => {
  expect(partOf({ cors: { rules: [{ ...rule, id: "" }, web] } })).toEqual({
    omitted: ["more", "in a spec, rules[#1].id must have at least 1 character"],
  });
});

test("all problems of an entry are one note", () => {
  const other = { ...queue, id: "other", events: [], filter: { suffix: "x".repeat(1_025) } };
  expect(partOf({ notifications: { queues: [other, queue] } })).toEqual({
    spec: { notifications: { queues: [queue] } },
    omitted: [
      "more",
      "queues[other]: in a spec, events must have at least 1 entry, and filter.suffix must have at most 1024 characters",
    ],
  });
});

test("a setting without its last entry is omitted, unless it says more", () => {
  const queues = [{ ...queue, events: [] }];
  expect(partOf({ notifications: { queues } })).not.toHaveProperty("spec");
  expect(partOf({ notifications: { queues, eventBridge: "Enabled" } }).spec).toEqual({
    notifications: { eventBridge: "Enabled" },
  });
  expect(partOf({ metrics: { configurations: [{ id: "a b" }] } })).not.toHaveProperty("spec");
});

test("a problem of a list omits the setting", () => {
  const { spec, omitted } = partOf({
    notifications: {
      queues: [queue],
      topics: [{ ...queue, topicArn: "arn:aws:sns:eu-central-1:111122223333:t" }] as never,
    },
  });
  expect(spec).toBeUndefined();
  expect(omitted).toContain("in a spec, must not use an 'id' twice, not even in different lists");
});

test("a tag that the API server refuses is omitted alone", () => {
  expect(partOf({ tags: { team: "docs", owner: "a;b" } })).toMatchObject({ spec: { tags: { team: "docs" } } });
});
