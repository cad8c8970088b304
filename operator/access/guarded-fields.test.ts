import { expect, test } from "vitest";
import { loadDefinitions } from "../../scripts/schema.ts";
import { namingFieldsOf, unknownNamesOf } from "../bucket/testing/naming-fields.ts";

/* A field of a BucketAccess that names an account, a role, a key, a bucket or a principal: something must ask about it. */

/** Which check decides about a field. */
const ASKED: Readonly<Record<string, readonly string[]>> = {
  "the S3Bucket must consent to the namespace, and its AWSAccount must admit it": [
    "bucketRef.name",
    "bucketRef.namespace",
  ],
  "the AWSAccount must admit the namespace": ["accountRef.name"],
  "access.rules[].buckets of the AWSAccount": ["bucket.name"],
  "access.rules[].buckets of the AWSAccount, and guardrails.allowedAccounts": ["bucket.accountId", "bucket.kmsKeyArn"],
  "access.rules[].webIdentities of the AWSAccount": ["webIdentity.providerArn", "webIdentity.subjects[]"],
  "access.rules[].roleArns of the AWSAccount, and a tag of the role": ["role.arn"],
  "access.rules[].policyArns of the AWSAccount": ["role.policyArns[]"],
  "guardrails.allowedAccounts of the AWSAccount": ["principals[]"],
};

/** Fields that name nothing outside the namespace. */
const EXEMPT: Readonly<Record<string, readonly string[]>> = {
  "is a prefix of keys in the bucket": ["grants[].prefix"],
  "is in the object's own namespace": ["serviceAccountRefs[].name", "configMap.name"],
  "narrows whose tokens count; provider and subjects are asked about": ["webIdentity.audience"],
  "is text in the ConfigMap": [
    "configMap.keys{key}",
    "configMap.labels{key}",
    "configMap.labels{}",
    "configMap.annotations{key}",
    "configMap.annotations{}",
  ],
};

test("every field of a BucketAccess that can name something outside is asked about", () => {
  const known = [...Object.values(ASKED), ...Object.values(EXEMPT)].flat().toSorted();
  const found = namingFieldsOf("BucketAccess").map(({ path }) => path);
  expect(found.toSorted(), "Check the field in decision.ts, and say here which check asks about it").toEqual(known);
});

test("the names that are tried are of every kind that the CRD takes", () => {
  expect(unknownNamesOf("BucketAccess")).toEqual([]);
});

test("tenants write no other kinds: those are cluster-scoped", () => {
  const namespaced = loadDefinitions().filter(({ spec }) => spec.scope === "Namespaced");
  expect(namespaced.map(({ spec }) => spec.names.kind)).toEqual(["BucketAccess", "S3Bucket"]);
});
