/** Settings of a new bucket: FACTS.md#s3-defaults-of-a-new-bucket and FACTS.md#s3-missing-configurations. */

import {
  CreateBucketCommand,
  DeleteBucketEncryptionCommand,
  DeleteBucketOwnershipControlsCommand,
  DeleteBucketPolicyCommand,
  DeletePublicAccessBlockCommand,
  GetBucketCorsCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketPolicyStatusCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  PutBucketEncryptionCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
} from "@aws-sdk/client-s3";
import { afterAll, describe, expect, test } from "vitest";
import { createBucket, simulatorTest, startTarget } from "./target.ts";

const target = await startTarget();
afterAll(() => target.stop());
const Bucket = await createBucket(target);

const ALL_ON = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};
const SSE_S3 = { SSEAlgorithm: "AES256" as const };

describe("a new bucket", () => {
  test("a new bucket blocks public access, ACLs and SSE-C, uses SSE-S3, and has no versioning", async () => {
    const s3 = target.s3();
    const { PublicAccessBlockConfiguration } = await s3.send(new GetPublicAccessBlockCommand({ Bucket }));
    expect(PublicAccessBlockConfiguration).toEqual(ALL_ON);
    const { OwnershipControls } = await s3.send(new GetBucketOwnershipControlsCommand({ Bucket }));
    expect(OwnershipControls).toEqual({ Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] });
    const { ServerSideEncryptionConfiguration } = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
    expect(ServerSideEncryptionConfiguration?.Rules).toEqual([
      {
        ApplyServerSideEncryptionByDefault: SSE_S3,
        BucketKeyEnabled: false,
        BlockedEncryptionTypes: { EncryptionType: ["SSE-C"] },
      },
    ]);
    expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBeUndefined();
  });

  test.for([
    [new GetBucketLifecycleConfigurationCommand({ Bucket: "" }), "NoSuchLifecycleConfiguration"],
    [new GetBucketCorsCommand({ Bucket: "" }), "NoSuchCORSConfiguration"],
    [new GetBucketPolicyCommand({ Bucket: "" }), "NoSuchBucketPolicy"],
    [new GetBucketPolicyStatusCommand({ Bucket: "" }), "NoSuchBucketPolicy"],
    [new GetBucketTaggingCommand({ Bucket: "" }), "NoSuchTagSet"],
  ] as const)("a missing configuration answers 404 with its own code: %#", async ([command, name]) => {
    command.input.Bucket = Bucket;
    const got = target.s3().send(command as GetBucketCorsCommand);
    await expect(got).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 404 } });
  });

  test("deleting a missing bucket policy succeeds", async () => {
    const { $metadata } = await target.s3().send(new DeleteBucketPolicyCommand({ Bucket }));
    expect($metadata.httpStatusCode).toBe(204);
  });
});

// FACTS.md#s3-encryption
describe("encryption", () => {
  test("encryption reads back as written, with any KMS key, and deletion resets it to SSE-S3", async () => {
    const s3 = target.s3();
    const rule = {
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms" as const, KMSMasterKeyID: "alias/nobody-has-it" },
      BucketKeyEnabled: true,
      BlockedEncryptionTypes: { EncryptionType: ["NONE" as const] },
    };
    await s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules: [rule] } }));
    const written = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
    expect(written.ServerSideEncryptionConfiguration?.Rules).toEqual([rule]);
    await s3.send(new DeleteBucketEncryptionCommand({ Bucket }));
    const reset = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
    expect(reset.ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault).toEqual(SSE_S3);
  });

  test("encryption has one rule, whose bucket key defaults to false", async () => {
    const s3 = target.s3();
    const rule = { ApplyServerSideEncryptionByDefault: SSE_S3 };
    await s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules: [rule] } }));
    const { ServerSideEncryptionConfiguration } = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
    expect(ServerSideEncryptionConfiguration?.Rules?.[0]?.BucketKeyEnabled).toBe(false);
    const two = new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules: [rule, rule] } });
    await expect(s3.send(two)).rejects.toMatchObject({ name: "MalformedXML" });
  });

  test.for([
    [{ SSEAlgorithm: "rot13" as never }, "MalformedXML"],
    [{ SSEAlgorithm: "AES256" as const, KMSMasterKeyID: "alias/x" }, "InvalidArgument"],
  ] as const)("encryption refuses %j", async ([byDefault, name]) => {
    const Rules = [{ ApplyServerSideEncryptionByDefault: byDefault }];
    const put = target
      .s3()
      .send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules } }));
    await expect(put).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 400 } });
  });
});

// FACTS.md#s3-public-access-and-ownership
describe("Block Public Access and ownership", () => {
  test("omitted fields of Block Public Access are false, and deletion unsets it", async () => {
    const s3 = target.s3();
    const one = { BlockPublicAcls: true };
    await s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: one }));
    const { PublicAccessBlockConfiguration } = await s3.send(new GetPublicAccessBlockCommand({ Bucket }));
    const restOff = { IgnorePublicAcls: false, BlockPublicPolicy: false, RestrictPublicBuckets: false };
    expect(PublicAccessBlockConfiguration).toEqual({ BlockPublicAcls: true, ...restOff });
    await s3.send(new DeletePublicAccessBlockCommand({ Bucket }));
    const gone = s3.send(new GetPublicAccessBlockCommand({ Bucket }));
    await expect(gone).rejects.toMatchObject({ name: "NoSuchPublicAccessBlockConfiguration" });
    await s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: ALL_ON }));
  });

  test("ownership has one of three values, and deletion unsets it", async () => {
    const s3 = target.s3();
    const put = (ObjectOwnership: string) =>
      s3.send(
        new PutBucketOwnershipControlsCommand({
          Bucket,
          OwnershipControls: { Rules: [{ ObjectOwnership: ObjectOwnership as never }] },
        }),
      );
    await put("ObjectWriter");
    await expect(put("Unclaimed")).rejects.toMatchObject({ name: "MalformedXML" });
    await s3.send(new DeleteBucketOwnershipControlsCommand({ Bucket }));
    const gone = s3.send(new GetBucketOwnershipControlsCommand({ Bucket }));
    await expect(gone).rejects.toMatchObject({ name: "OwnershipControlsNotFoundError" });
    await put("BucketOwnerEnforced");
  });

  simulatorTest("ACLs cannot be disabled while the ACL grants access to others", async () => {
    const name = target.bucketName();
    target.simulator.account(target.accountId).createBucket(name).acl = "public-read";
    const put = new PutBucketOwnershipControlsCommand({
      Bucket: name,
      OwnershipControls: { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] },
    });
    await expect(target.s3().send(put)).rejects.toMatchObject({ name: "InvalidBucketAclWithObjectOwnership" });
  });
});

// FACTS.md#s3-versioning
describe("versioning", () => {
  test("versioning that was enabled can only be suspended", async () => {
    const s3 = target.s3();
    for (const Status of ["Enabled", "Suspended"] as const) {
      await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
      expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe(Status);
    }
    const never = s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: {} }));
    await expect(never).rejects.toMatchObject({ name: "IllegalVersioningConfigurationException" });
  });

  simulatorTest("versioning cannot be suspended on a bucket with object lock", async () => {
    const name = target.bucketName();
    await target.s3().send(new CreateBucketCommand({ Bucket: name, ObjectLockEnabledForBucket: true }));
    const suspend = new PutBucketVersioningCommand({
      Bucket: name,
      VersioningConfiguration: { Status: "Suspended" },
    });
    await expect(target.s3().send(suspend)).rejects.toMatchObject({ name: "InvalidBucketState" });
  });

  simulatorTest("with MFA delete, versioning cannot be changed without the MFA device", async () => {
    const name = target.bucketName();
    target.simulator.account(target.accountId).createBucket(name).mfaDelete = true;
    const put = new PutBucketVersioningCommand({ Bucket: name, VersioningConfiguration: { Status: "Enabled" } });
    await expect(target.s3().send(put)).rejects.toMatchObject({ name: "AccessDenied" });
    expect((await target.s3().send(new GetBucketVersioningCommand({ Bucket: name }))).MFADelete).toBe("Enabled");
  });
});
