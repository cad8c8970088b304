/** A new bucket's settings, and the errors for those it does not have: aws.md 2.1 and 2.2, create-bucket-faq.html. */

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
  test("has Block Public Access on, ACLs off, SSE-S3 with SSE-C blocked, versioning never set", async () => {
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
  ] as const)("answers 404 with the code for what it does not have: %#", async ([command, name]) => {
    command.input.Bucket = Bucket;
    const got = target.s3().send(command as GetBucketCorsCommand);
    await expect(got).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 404 } });
  });

  test("deletes what is not there without complaint", async () => {
    const { $metadata } = await target.s3().send(new DeleteBucketPolicyCommand({ Bucket }));
    expect($metadata.httpStatusCode).toBe(204);
  });
});

describe("encryption (aws.md 2.3)", () => {
  test("keeps what was written, the key unseen; deletion resets it to SSE-S3", async () => {
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

  test("answers false for a bucket key that was left out, and has one rule at most", async () => {
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
  ] as const)("refuses %j", async ([byDefault, name]) => {
    const Rules = [{ ApplyServerSideEncryptionByDefault: byDefault }];
    const put = target
      .s3()
      .send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules } }));
    await expect(put).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 400 } });
  });
});

describe("Block Public Access and ownership (aws.md 2.7)", () => {
  test("an omitted field is false; deletion means unset", async () => {
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

  test("ownership is one of three words; deletion means unset", async () => {
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

  simulatorTest("ACLs cannot be turned off while the ACL grants others something", async () => {
    const name = target.bucketName();
    target.simulator.account(target.accountId).createBucket(name).acl = "public-read";
    const put = new PutBucketOwnershipControlsCommand({
      Bucket: name,
      OwnershipControls: { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] },
    });
    await expect(target.s3().send(put)).rejects.toMatchObject({ name: "InvalidBucketAclWithObjectOwnership" });
  });
});

describe("versioning (aws.md 2.4)", () => {
  test("once enabled it can only be suspended", async () => {
    const s3 = target.s3();
    for (const Status of ["Enabled", "Suspended"] as const) {
      await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
      expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe(Status);
    }
    const never = s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: {} }));
    await expect(never).rejects.toMatchObject({ name: "IllegalVersioningConfigurationException" });
  });

  simulatorTest("object lock keeps it from being suspended", async () => {
    const name = target.bucketName();
    await target.s3().send(new CreateBucketCommand({ Bucket: name, ObjectLockEnabledForBucket: true }));
    const suspend = new PutBucketVersioningCommand({
      Bucket: name,
      VersioningConfiguration: { Status: "Suspended" },
    });
    await expect(target.s3().send(suspend)).rejects.toMatchObject({ name: "InvalidBucketState" });
  });

  simulatorTest("with MFA delete on, only root with its device may change it", async () => {
    const name = target.bucketName();
    target.simulator.account(target.accountId).createBucket(name).mfaDelete = true;
    const put = new PutBucketVersioningCommand({ Bucket: name, VersioningConfiguration: { Status: "Enabled" } });
    await expect(target.s3().send(put)).rejects.toMatchObject({ name: "AccessDenied" });
    expect((await target.s3().send(new GetBucketVersioningCommand({ Bucket: name }))).MFADelete).toBe("Enabled");
  });
});
