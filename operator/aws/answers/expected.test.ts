import * as eks from "@aws-sdk/client-eks";
import * as iam from "@aws-sdk/client-iam";
import * as kms from "@aws-sdk/client-kms";
import * as s3 from "@aws-sdk/client-s3";
import * as s3Control from "@aws-sdk/client-s3-control";
import * as sts from "@aws-sdk/client-sts";
import type { StaticOperationSchema } from "@smithy/types";
import { describe, expect, test } from "vitest";
import type { Service } from "../service.ts";
import { checkOf, rootOf } from "./expected.ts";

const MODULES = { eks, iam, kms, s3, "s3-control": s3Control, sts } as unknown as Record<
  Service,
  Record<string, StaticOperationSchema>
>;

/** What the body is instead of the answer. */
function wrong(service: Service, operation: string, body: string): string | undefined {
  const schema = MODULES[service][`${operation}$`];
  if (schema === undefined) throw new Error(`${service} has no ${operation}`);
  return checkOf(service, schema)(body);
}

/** Roots from the API reference, and empty documents, as a bucket or store without such a configuration returns. */
test.each<[operation: string, root: string]>([
  ["GetBucketAbac", "AbacStatus"],
  ["GetBucketAccelerateConfiguration", "AccelerateConfiguration"],
  ["GetBucketCors", "CORSConfiguration"],
  ["GetBucketEncryption", "ServerSideEncryptionConfiguration"],
  ["GetBucketLifecycleConfiguration", "LifecycleConfiguration"],
  ["GetBucketLogging", "BucketLoggingStatus"],
  ["GetBucketNotificationConfiguration", "NotificationConfiguration"],
  ["GetBucketOwnershipControls", "OwnershipControls"],
  ["GetBucketPolicyStatus", "PolicyStatus"],
  ["GetBucketReplication", "ReplicationConfiguration"],
  ["GetBucketRequestPayment", "RequestPaymentConfiguration"],
  ["GetBucketVersioning", "VersioningConfiguration"],
  ["GetBucketWebsite", "WebsiteConfiguration"],
  ["GetObjectLegalHold", "LegalHold"],
  ["GetObjectLockConfiguration", "ObjectLockConfiguration"],
  ["GetObjectRetention", "Retention"],
  ["GetPublicAccessBlock", "PublicAccessBlockConfiguration"],
  ["ListBucketAnalyticsConfigurations", "ListBucketAnalyticsConfigurationResult"],
  ["ListBucketIntelligentTieringConfigurations", "ListBucketIntelligentTieringConfigurationsOutput"],
  ["ListBucketInventoryConfigurations", "ListInventoryConfigurationsResult"],
  ["ListBucketMetricsConfigurations", "ListMetricsConfigurationsResult"],
  ["ListMultipartUploads", "ListMultipartUploadsResult"],
  ["ListObjectVersions", "ListVersionsResult"],
  ["DeleteObjects", "DeleteResult"],
])("S3's %s answers with %s", (operation, root) => {
  for (const body of [
    `<${root}/>`,
    `<${root} />`,
    `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/"></${root}>\n`,
    `\uFEFF<!-- by a store --><${root}>\n</${root}>`,
  ]) {
    expect(wrong("s3", operation, body)).toBeUndefined();
  }
  expect(wrong("s3", operation, "")).toBe(`nothing in place of ${root}`);
  expect(wrong("s3", operation, `<${root}s/>`)).toBe(`${root}s in place of ${root}`);
});

describe("stores with other names of root elements", () => {
  test.each([
    [
      "Ceph",
      "GetPublicAccessBlock",
      "<BlockPublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls></BlockPublicAccessBlockConfiguration>",
    ],
    [
      "moto",
      "ListBucketInventoryConfigurations",
      "<ListBucketInventoryConfigurationsResponse><IsTruncated>false</IsTruncated></ListBucketInventoryConfigurationsResponse>",
    ],
  ])("%s answers %s", (_store, operation, body) => {
    expect(wrong("s3", operation, body)).toBeUndefined();
  });

  test("are accepted only with an element of the document directly below the root", () => {
    const page = "<page><body><Status>Enabled</Status></body></page>";
    expect(wrong("s3", "GetBucketVersioning", page)).toBe("page in place of VersioningConfiguration");
    expect(wrong("s3", "GetBucketVersioning", "<page><Status>Enabled")).toBe(
      "page in place of VersioningConfiguration",
    );
  });
});

test("a bucket policy is JSON with statements", () => {
  expect(wrong("s3", "GetBucketPolicy", ' {"Version":"2012-10-17","Statement":[]}')).toBeUndefined();
  expect(wrong("s3", "GetBucketPolicy", "")).toBe("nothing in place of a JSON object");
  expect(wrong("s3", "GetBucketPolicy", '{"message":"no"}')).toBe("a JSON object without Statement");
  expect(wrong("s3", "GetBucketPolicy", '{"Statement":[')).toBe("another text in place of a JSON object");
});

test("S3 Control", () => {
  expect(
    wrong("s3-control", "ListTagsForResource", "<ListTagsForResourceResult><Tags/></ListTagsForResourceResult>"),
  ).toBe(undefined);
  expect(wrong("s3-control", "ListTagsForResource", "<Tagging><TagSet/></Tagging>")).toBe(
    "Tagging in place of ListTagsForResourceResult",
  );
});

test.each<[service: Service, operation: string, body: string, expected: string | undefined]>([
  ["iam", "GetRole", "<GetRoleResponse><GetRoleResult><Role/></GetRoleResult></GetRoleResponse>", undefined],
  [
    "iam",
    "GetRole",
    "<GetRoleResponse><GetRoleResult/></GetRoleResponse>",
    "GetRoleResponse without its GetRoleResult",
  ],
  ["iam", "GetRole", "<GetRoleResponse/>", "GetRoleResponse without its GetRoleResult"],
  ["iam", "GetRole", "<GetUserResponse/>", "GetUserResponse in place of GetRoleResponse"],
  [
    "iam",
    "ListRolePolicies",
    "<ListRolePoliciesResponse><ListRolePoliciesResult><PolicyNames/></ListRolePoliciesResult></ListRolePoliciesResponse>",
    undefined,
  ],
  [
    "iam",
    "ListRolePolicies",
    "<ListRolePoliciesResponse><PolicyNames/></ListRolePoliciesResponse>",
    "ListRolePoliciesResponse without its ListRolePoliciesResult",
  ],
  ["iam", "DeleteRole", "<DeleteRoleResponse><ResponseMetadata/></DeleteRoleResponse>", undefined],
  ["iam", "DeleteRole", "", "nothing in place of DeleteRoleResponse"],
  ["iam", "UpdateRole", "<UpdateRoleResponse><UpdateRoleResult/></UpdateRoleResponse>", undefined],
  [
    "sts",
    "GetCallerIdentity",
    "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn/></GetCallerIdentityResult></GetCallerIdentityResponse>",
    undefined,
  ],
  ["kms", "ListKeys", '{"Keys":[],"Truncated":false}', undefined],
  ["kms", "ListKeys", '{"Truncated":false}', "a JSON object without Keys"],
  ["kms", "ListResourceTags", '{"Tags":[]}', undefined],
  ["kms", "DescribeKey", '{"KeyMetadata":{}}', undefined],
  ["kms", "DescribeKey", "{}", "a JSON object without KeyMetadata"],
  ["kms", "GetKeyPolicy", '{"PolicyName":"default"}', "a JSON object without Policy"],
  ["kms", "DescribeKey", "<Error/>", "Error in place of a JSON object"],
  ["kms", "PutKeyPolicy", "", undefined],
  ["kms", "PutKeyPolicy", "{}", undefined],
  ["kms", "PutKeyPolicy", "<html></html>", "html in place of a JSON object"],
  ["eks", "ListPodIdentityAssociations", '{"associations":[]}', undefined],
  ["eks", "ListPodIdentityAssociations", '{"nextToken":null}', "a JSON object without associations"],
  ["eks", "DeletePodIdentityAssociation", "", "nothing in place of a JSON object"],
  ["s3", "PutBucketPolicy", "", undefined],
  ["s3", "CreateBucket", "<CreateBucketResponse/>", undefined],
  ["s3", "PutBucketPolicy", "<HTML></HTML>", "html in place of an empty body"],
])("%s %s %j: %s", (service, operation, body, expected) => {
  expect(wrong(service, operation, body)).toBe(expected);
});

test("finds the root fast in any body", () => {
  const startedAt = performance.now();
  for (const part of ["<!-- ", "<?", "<!a>", " ", "<", "<a"]) rootOf(part.repeat(1_000_000 / part.length));
  expect(performance.now() - startedAt).toBeLessThan(1_000);
});
