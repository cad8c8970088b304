import { describe, expect, test } from "vitest";
import { failing, fakeBucket, type Call } from "../../testing/fake-bucket.ts";
import { thrownFailure } from "../../testing/thrown.ts";
import { expireAll, stopExpiring } from "./lifecycle.ts";

const OURS = { Rules: [{ ID: "s3-operator-expire-all", Status: "Enabled" }] };

/** A bucket on which one command fails, and the others answer as given. */
function bucketWhere(command: string, fail: () => never, rules: object = OURS) {
  const answer = (call: Call) => (call.command === command ? fail() : rules);
  return fakeBucket(answer).bucket;
}

describe("a denial names the action", () => {
  const denied = failing("AccessDenied", 403);

  test.each([
    ["GetBucketLifecycleConfigurationCommand", "s3:GetLifecycleConfiguration", OURS],
    ["DeleteBucketLifecycleCommand", "s3:PutLifecycleConfiguration", OURS],
    ["PutBucketLifecycleConfigurationCommand", "s3:PutLifecycleConfiguration", {}],
  ])("of %s, when S3 Lifecycle is to stop: %s", async (command, action, rules) => {
    const failure = await thrownFailure(() => stopExpiring(bucketWhere(command, denied, rules)));
    expect(failure).toMatchObject({ reason: "AccessDenied", message: expect.stringContaining(action) });
  });

  test.each([
    ["GetBucketLifecycleConfigurationCommand", "s3:GetLifecycleConfiguration"],
    ["PutBucketLifecycleConfigurationCommand", "s3:PutLifecycleConfiguration"],
  ])("of %s, when S3 Lifecycle is to expire everything: %s", async (command, action) => {
    const failure = await thrownFailure(() => expireAll(bucketWhere(command, denied, {})));
    expect(failure).toMatchObject({ reason: "AccessDenied", message: expect.stringContaining(action) });
  });
});

test.each([
  ["GetBucketLifecycleConfigurationCommand", OURS],
  ["DeleteBucketLifecycleCommand", OURS],
  ["PutBucketLifecycleConfigurationCommand", {}],
])("there is nothing to stop if the bucket is gone at %s", async (command, rules) => {
  await stopExpiring(bucketWhere(command, failing("NoSuchBucket", 404), rules));
});
