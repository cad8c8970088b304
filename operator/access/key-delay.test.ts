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

/** An access that is Ready, with all permissions on the new key. */
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
  /** Milliseconds since the access became Ready. */
  ageMs?: number;
}

function delay({ status, metadata, encryption = { bucketKeyEnabled: true }, ageMs = 60_000 }: Case): number {
  const access = bucketAccess({}, metadata, { ...GRANTED, ...status });
  return keyDelayMs(access, s3Bucket({ encryption }), { kmsKeyArn: KEY, now: now + ageMs, propagationMs: 5_000 });
}

describe("keyDelayMs for an access with its permissions on the key", () => {
  test("is 0", () => {
    expect(delay({})).toBe(0);
  });

  test.each([
    [0, 5_000],
    [1_000, 4_000],
    [5_000, 0],
  ])("leaves IAM time to propagate them: after %i ms another %i ms", (ageMs, expected) => {
    expect(delay({ ageMs })).toBe(expected);
  });
});

test.each<[string, Case]>([
  ["permissions on the former key only", { status: { kmsKeyArn: FORMER } }],
  ["permissions for another encryption context only", { encryption: { bucketKeyEnabled: false } }],
  ["permissions for one of two encryption contexts only", { encryption: {} }],
  ["permissions that are being written", { status: { conditions: [condition("Ready", "Unknown")] } }],
  ["permissions that could not be written", { status: { conditions: [condition("Ready", "False")] } }],
])("keyDelayMs waits for an access with %s", (_, each) => {
  expect(delay(each)).toBe(2_000);
});

test.each<[string, Case]>([
  ["is being deleted", { metadata: { deletionTimestamp: READY_AT } }],
  ["is paused", { metadata: { annotations: { "s3-operator.io/paused": "true" } } }],
  ["is Stalled", { status: { conditions: [condition("Ready", "False"), condition("Stalled", "True")] } }],
])("keyDelayMs does not wait for an access that %s", (_, { status, metadata }) => {
  expect(delay({ status: { kmsKeyArn: FORMER, ...status }, ...(metadata && { metadata }) })).toBe(0);
});

test("keyDelayMs does not wait for an access that was never granted", () => {
  const access = bucketAccess({}, {}, { conditions: [condition("Ready", "False")] });
  expect(keyDelayMs(access, s3Bucket(), { kmsKeyArn: KEY, now, propagationMs: 5_000 })).toBe(0);
});
