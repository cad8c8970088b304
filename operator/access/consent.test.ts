import { describe, expect, test } from "vitest";
import type { S3BucketSpec } from "../api/types.ts";
import { OWNER, s3Bucket } from "../bucket/testing/fixtures.ts";
import { consentingBucket, consents, notAvailable } from "./consent.ts";
import { bucketAccess, directoryOf } from "./testing/objects.ts";

const TO_OTHER = { bucketRef: { name: "docs", namespace: OWNER.namespace } };
const bucketWith = (access?: S3BucketSpec["access"]) => s3Bucket(access && { access });

describe("consent", () => {
  const LABELS = { guests: { tier: "gold" } };
  test.each<[string, string, S3BucketSpec["access"], boolean]>([
    ["its own namespace", OWNER.namespace, undefined, true],
    ["its own namespace, others being named", OWNER.namespace, { allowedNamespaces: { names: [] } }, true],
    ["another one", "guests", undefined, false],
    ["another one, and nothing said of namespaces", "guests", {}, false],
    ["one that is named", "guests", { allowedNamespaces: { names: ["guests"] } }, true],
    ["one whose name begins alike", "guests-b", { allowedNamespaces: { names: ["guests"] } }, false],
    ["one by its labels", "guests", { allowedNamespaces: { selector: { matchLabels: { tier: "gold" } } } }, true],
    ["one with other labels", "other", { allowedNamespaces: { selector: { matchLabels: { tier: "gold" } } } }, false],
  ])("%s: %s", (_case, namespace, access, expected) => {
    const directory = directoryOf([], [], LABELS);
    expect(consents(directory, bucketWith(access), bucketAccess(TO_OTHER, { namespace }))).toBe(expected);
  });
});

test("a bucket without consent is not found, and reads as one that is not there", () => {
  const access = bucketAccess(TO_OTHER, { namespace: "guests" });
  expect(consentingBucket(directoryOf([bucketWith()]), access)).toBeUndefined();
  expect(consentingBucket(directoryOf([]), access)).toBeUndefined();
  expect(
    consentingBucket(directoryOf([bucketWith({ allowedNamespaces: { names: ["guests"] } })]), access),
  ).toBeDefined();
  expect(notAvailable(access).message).toContain("does not exist, or does not let namespace 'guests' refer to it");
});
