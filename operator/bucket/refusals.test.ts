import { expect, test } from "vitest";
import { KNOWN_REFUSALS, knownRefusal } from "./refusals.ts";
import { sdkError } from "./testing/fake-bucket.ts";

const refused = (name: string, code: string, message: string, desired?: unknown) =>
  knownRefusal({ name, desired }, "docs", Object.assign(sdkError(code, 400), { message }));

const ACLS = "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting";
const LOCKED = "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.";

/** S3's answers, one for each row of the table. */
const ANSWERS: [setting: string, desired: unknown, code: string, words: string, reason: string, says: string][] = [
  [
    "objectOwnership",
    "BucketOwnerEnforced",
    "InvalidBucketAclWithObjectOwnership",
    ACLS,
    "BucketACLGrantsAccess",
    "aws s3api put-bucket-acl --bucket docs --acl private",
  ],
  ["versioning", "Suspended", "InvalidBucketState", LOCKED, "VersioningNeeded", "spec.versioning to Enabled"],
  [
    "objectLock",
    {},
    "InvalidBucketState",
    "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration",
    "VersioningNeeded",
    "for object lock",
  ],
  [
    "replication",
    {},
    "InvalidRequest",
    "Versioning must be 'Enabled' on the bucket to apply a replication configuration",
    "VersioningNeeded",
    "for replication",
  ],
  [
    "replication",
    {},
    "InvalidRequest",
    "Destination bucket must have versioning enabled.",
    "DestinationRefused",
    "Destination bucket must have versioning enabled. Each must exist",
  ],
  [
    "accelerate",
    "Enabled",
    "InvalidRequest",
    "S3 Transfer Acceleration is not supported for buckets with periods (.) in their names",
    "Invalid",
    "remove spec.accelerate",
  ],
  [
    "metrics",
    {},
    "TooManyConfigurations",
    "You have attempted to create more configurations than allowed",
    "QuotaExceeded",
    "unmanagedConfigurations",
  ],
];

test.for(ANSWERS)("%s: %s, refused with %s %s, has the reason %s", ([name, desired, code, words, reason, says]) => {
  const refusal = refused(name, code, words, desired);
  expect(refusal?.reason).toBe(reason);
  expect(refusal?.message).toContain(says);
});

test("every row has an answer", () => {
  const rows = ANSWERS.map(([name, desired, code, words]) => refused(name, code, words, desired)?.message);
  expect(new Set(rows).size).toBe(KNOWN_REFUSALS.length);
});

test("only what a later try may find changed is retried soon", () => {
  expect(refused("replication", "InvalidRequest", "Destination bucket must exist.", {})?.terminal).toBe(false);
  expect(refused("objectOwnership", "InvalidBucketAclWithObjectOwnership", ACLS)?.terminal).toBe(true);
});

test.for([
  ["versioning", "InvalidBucketState", LOCKED, "Enabled"],
  ["lifecycle", "InvalidBucketState", LOCKED, {}],
  ["replication", "InvalidRequest", "Priority must be unique.", {}],
])("%s refused with %s %s: no row", ([name, code, words, desired]) => {
  expect(refused(name as string, code as string, words as string, desired)).toBeUndefined();
  expect(knownRefusal({ name: "versioning", desired: "Suspended" }, "docs", new TypeError("bug"))).toBeUndefined();
});
