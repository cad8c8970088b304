import { describe, expect, test } from "vitest";
import type { S3BucketSpec } from "../api/types.ts";
import { OWNER, s3Bucket } from "../bucket/testing/fixtures.ts";
import { consentingBucket, consents, notAvailable } from "./consent.ts";
import { bucketAccess, directoryOf } from "./testing/objects.ts";

const WITH_NAMESPACE = { bucketRef: { name: "docs", namespace: OWNER.namespace } };
const bucketWith = (access?: S3BucketSpec["access"]) => s3Bucket(access && { access });

describe("consents", () => {
  const LABELS = { guests: { tier: "gold" } };
  test.each<[string, string, S3BucketSpec["access"], boolean]>([
    ["allows the bucket's own namespace", OWNER.namespace, undefined, true],
    [
      "allows the bucket's own namespace when no rule names it",
      OWNER.namespace,
      { rules: [{ namespaces: { names: [] } }] },
      true,
    ],
    ["refuses another namespace without spec.access", "guests", undefined, false],
    ["refuses another namespace without rules", "guests", {}, false],
    ["allows a namespace that is named", "guests", { rules: [{ namespaces: { names: ["guests"] } }] }, true],
    [
      "refuses a namespace with a name that begins with an allowed one",
      "guests-b",
      { rules: [{ namespaces: { names: ["guests"] } }] },
      false,
    ],
    [
      "allows a namespace with matching labels",
      "guests",
      { rules: [{ namespaces: { selector: { matchLabels: { tier: "gold" } } } }] },
      true,
    ],
    [
      "refuses a namespace with other labels",
      "other",
      { rules: [{ namespaces: { selector: { matchLabels: { tier: "gold" } } } }] },
      false,
    ],
  ])("%s", (_case, namespace, access, expected) => {
    const directory = directoryOf([], [], LABELS);
    expect(consents(directory, bucketWith(access), bucketAccess(WITH_NAMESPACE, { namespace }))).toBe(expected);
  });
});

test("consentingBucket finds no bucket without consent, and the message is the same as for a missing one", () => {
  const access = bucketAccess(WITH_NAMESPACE, { namespace: "guests" });
  expect(consentingBucket(directoryOf([bucketWith()]), access)).toBeUndefined();
  expect(consentingBucket(directoryOf([]), access)).toBeUndefined();
  expect(
    consentingBucket(directoryOf([bucketWith({ rules: [{ namespaces: { names: ["guests"] } }] })]), access),
  ).toBeDefined();
  expect(notAvailable(access).message).toContain("does not exist, or does not let namespace 'guests' refer to it");
});
