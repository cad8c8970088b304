import { describe, expect, test } from "vitest";
import type { BucketAccessStatus, S3BucketSpec } from "../api/types.ts";
import { s3Bucket } from "../bucket/testing/fixtures.ts";
import type { KubeObject } from "../kube/object.ts";
import { keyDelayMs } from "./key-delay.ts";
import { bucketAccess } from "./testing/objects.ts";

const KEY = "arn:aws:kms:eu-central-1:111122223333:key/new";
const FORMER = "arn:aws:kms:eu-central-1:111122223333:key/former";
const READY_AT = "2026-11-22T00:00:00Z";
const now = Date.parse(READY_AT);

function condition(type: string, status: "True" | "False" | "Unknown") {
  return { type, status, lastTransitionTime: READY_AT, reason: "X", message: "" };
}

/** Of an access that is Ready, with all rights on the new key. */
const GRANTED: BucketAccessStatus = {
  bucketName: "docs",
  kmsKeyArn: KEY,
  encryptionContexts: ["Bucket"],
  conditions: [condition("Ready", "True")],
};

interface Case {
  status?: BucketAccessStatus;
  metadata?: Partial<KubeObject["metadata"]>;
  encryption?: S3BucketSpec["encryption"];
  /** Since the access became Ready. */
  ageMs?: number;
}

function delay({ status, metadata, encryption = { bucketKeyEnabled: true }, ageMs = 60_000 }: Case): number {
  const access = bucketAccess({}, metadata, { ...GRANTED, ...status });
  return keyDelayMs(access, s3Bucket({ encryption }), { kmsKeyArn: KEY, now: now + ageMs, propagationMs: 5_000 });
}

describe("an access that has its rights on the key", () => {
  test("is not waited for any longer", () => {
    expect(delay({})).toBe(0);
  });

  test.each([
    [0, 5_000],
    [1_000, 4_000],
    [5_000, 0],
  ])("for %i ms is given time for IAM to know them: %i ms", (ageMs, expected) => {
    expect(delay({ ageMs })).toBe(expected);
  });
});

test.each<[string, Case]>([
  ["the former key only", { status: { kmsKeyArn: FORMER } }],
  ["another form of the bucket key only", { encryption: { bucketKeyEnabled: false } }],
  ["one of two forms only", { encryption: {} }],
  ["its rights being written", { status: { conditions: [condition("Ready", "Unknown")] } }],
  ["its rights not written for now", { status: { conditions: [condition("Ready", "False")] } }],
])("an access that has %s is waited for", (_, each) => {
  expect(delay(each)).toBe(2_000);
});

test.each<[string, Case]>([
  ["is being deleted", { metadata: { deletionTimestamp: READY_AT } }],
  ["is paused", { metadata: { annotations: { "s3-operator.io/paused": "true" } } }],
  ["is Stalled", { status: { conditions: [condition("Ready", "False"), condition("Stalled", "True")] } }],
])("an access that %s is not waited for", (_, { status, metadata }) => {
  expect(delay({ status: { kmsKeyArn: FORMER, ...status }, ...(metadata && { metadata }) })).toBe(0);
});

test("an access that has never been to the bucket is not waited for", () => {
  const access = bucketAccess({}, {}, { conditions: [condition("Ready", "False")] });
  expect(keyDelayMs(access, s3Bucket(), { kmsKeyArn: KEY, now, propagationMs: 5_000 })).toBe(0);
});
