import { describe, expect, test } from "vitest";
import type { S3BucketStatus } from "../../api/types.ts";
import { s3Bucket } from "../../bucket/testing/fixtures.ts";
import { bucketAccess } from "../testing/objects.ts";
import { notReachable, notYetApplied, notYetWithdrawn } from "./waiting.ts";

const SIDS = "S3OperatorAccess0n";
const PAUSED = { annotations: { "s3-operator.io/paused": "true" } };
const own = bucketAccess({ principals: ["arn:aws:iam::444455556666:role/reader"] }, { namespace: "team" });
const guests = bucketAccess({ principals: ["arn:aws:iam::444455556666:role/reader"] }, { namespace: "guest" });

function ready(status: "True" | "False" | "Unknown", reason: string, message: string): S3BucketStatus {
  const lastTransitionTime = "2026-11-22T00:00:00Z";
  return { conditions: [{ type: "Ready", status, reason, message, lastTransitionTime, observedGeneration: 1 }] };
}

const refused = s3Bucket(
  {},
  { status: ready("False", "PolicyLocksOut", "Statement 'Secret' would deny the operator") },
);
const settling = s3Bucket({}, { status: ready("Unknown", "Settling", "Waiting until AWS shows what was written") });

describe("a BucketAccess that waits until its statements are removed", () => {
  test("tells the reason and the message of its S3Bucket, what to do, and which statements", () => {
    const { outcome } = notYetWithdrawn(own, refused, SIDS);
    expect(outcome).toMatchObject({ kind: "waiting", reason: "BucketNotReady" });
    const { message } = outcome as { message: string };
    expect(message).toContain("S3Bucket 'team/docs'");
    expect(message).toContain("PolicyLocksOut: Statement 'Secret' would deny");
    expect(message).toContain(SIDS);
  });

  test("does not see the message of an S3Bucket of another namespace", () => {
    const { message } = notYetWithdrawn(guests, refused, SIDS);
    expect(message).toContain("PolicyLocksOut");
    expect(message).not.toContain("Secret");
    expect(notYetApplied(guests, refused).message).not.toContain("Secret");
  });

  test("shortens a long message", () => {
    const long = s3Bucket({}, { status: ready("False", "Invalid", "x".repeat(5_000)) });
    expect(notYetWithdrawn(own, long, SIDS).message.length).toBeLessThan(1_000);
  });

  test("waits without a cause while the S3Bucket is being reconciled", () => {
    expect(notYetWithdrawn(own, settling, SIDS).outcome).toMatchObject({ kind: "again", reason: "Deleting" });
  });

  test("tells that the S3Bucket is paused", () => {
    expect(notYetWithdrawn(own, s3Bucket({}, PAUSED), SIDS).message).toContain("paused");
  });

  test("tells that there is no account", () => {
    const { message } = notReachable(refused, "AccountNotAvailable", SIDS);
    expect(message).toContain("AccountNotAvailable");
    expect(message).toContain(SIDS);
  });
});

describe("a BucketAccess that waits for its statements", () => {
  test.each([
    ["waiting", "BucketNotReady", "Observe", s3Bucket({ mode: "Observe" })],
    ["waiting", "BucketNotReady", "paused", s3Bucket({}, PAUSED)],
    ["waiting", "BucketNotReady", "PolicyLocksOut: Statement", refused],
    ["again", "Applying", "S3Bucket 'team/docs'", settling],
  ] as const)("%s %s: %s", (kind, reason, says, bucket) => {
    const { outcome, message } = notYetApplied(own, bucket);
    expect(outcome).toMatchObject({ kind, reason });
    expect(message).toContain(says);
  });
});
