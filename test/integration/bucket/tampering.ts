import {
  DeleteBucketCorsCommand,
  DeletePublicAccessBlockCommand,
  GetBucketPolicyCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
} from "@aws-sdk/client-s3";
import { expect } from "vitest";
import type { Change } from "../../../operator/api/types.ts";
import type { PolicyDocument } from "../../../operator/aws/policy/document.ts";
import { retag } from "../support/world/buckets.ts";
import type { World } from "../support/world/world.ts";

/** A change by a user to a bucket of `fullSpec`, and the drift that the operator must detect. */
export interface Tampering {
  setting: string;
  change: (world: World, Bucket: string) => Promise<unknown>;
  finds: Omit<Change, "setting">[];
}

/** One change for each setting. */
export const TAMPERINGS: readonly Tampering[] = [
  {
    setting: "publicAccessBlock",
    change: ({ person }, Bucket) => person.send(new DeletePublicAccessBlockCommand({ Bucket })),
    finds: ["blockPublicAcls", "ignorePublicAcls", "blockPublicPolicy"].map((path) => ({
      path,
      desired: "true",
      actual: "false",
    })),
  },
  {
    setting: "objectOwnership",
    change: ({ person }, Bucket) => {
      const OwnershipControls = { Rules: [{ ObjectOwnership: "ObjectWriter" as const }] };
      return person.send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls }));
    },
    finds: [{ path: "", desired: "BucketOwnerPreferred", actual: "ObjectWriter" }],
  },
  {
    setting: "encryption",
    change: ({ person }, Bucket) => {
      const ApplyServerSideEncryptionByDefault = { SSEAlgorithm: "AES256" as const };
      const ServerSideEncryptionConfiguration = { Rules: [{ ApplyServerSideEncryptionByDefault }] };
      return person.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration }));
    },
    finds: [
      { path: "sseAlgorithm", desired: "aws:kms", actual: "AES256" },
      { path: "kmsKey", desired: expect.stringMatching(/^arn:aws:kms:/) as string },
      { path: "bucketKeyEnabled", desired: "true", actual: "false" },
      { path: "blockedEncryptionTypes", desired: '["SSE-C"]', actual: "[]" },
    ],
  },
  {
    setting: "versioning",
    change: ({ person }, Bucket) =>
      person.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Suspended" } })),
    finds: [{ path: "", desired: "Enabled", actual: "Suspended" }],
  },
  {
    setting: "policy",
    change: async (world, Bucket) => {
      const document = await readPolicy(world, Bucket);
      const Statement = document.Statement.filter(({ Sid }) => Sid !== "S3OperatorDenyInsecureTransport");
      const Policy = JSON.stringify({ ...document, Statement });
      await world.person.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    },
    finds: [
      { path: "statements[S3OperatorDenyInsecureTransport]", desired: expect.stringContaining("securetransport") },
    ],
  },
  {
    setting: "lifecycle",
    change: ({ person }, Bucket) => {
      const Rules = [{ ID: "uploads", Status: "Disabled" as const, Filter: {}, Expiration: { Days: 1 } }];
      return person.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }));
    },
    finds: [
      { path: "rules[raw-tiers]", desired: expect.stringContaining("STANDARD_IA") as string },
      { path: "rules[uploads].status", desired: "Enabled", actual: "Disabled" },
      { path: "rules[uploads].expiration", actual: '{"days":1}' },
      { path: "rules[uploads].abortIncompleteMultipartUpload", desired: '{"daysAfterInitiation":7}' },
    ],
  },
  {
    setting: "cors",
    change: ({ person }, Bucket) => person.send(new DeleteBucketCorsCommand({ Bucket })),
    finds: [{ path: "rules[web]", desired: expect.stringContaining("https://app.example.com") as string }],
  },
  {
    setting: "tags",
    change: (world, Bucket) => retag(world, Bucket, { team: "another" }),
    finds: [{ path: "team", desired: "documents", actual: "another" }],
  },
];

/** The bucket policy at AWS. */
export async function readPolicy({ person }: World, Bucket: string): Promise<PolicyDocument> {
  const { Policy = "" } = await person.send(new GetBucketPolicyCommand({ Bucket }));
  return JSON.parse(Policy) as PolicyDocument;
}
