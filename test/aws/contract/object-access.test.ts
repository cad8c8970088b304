/**
 * KMS, multipart uploads, presigned URLs and CORS with the permissions of a workload: FACTS.md#workload-sessions. Not
 * against AWS: it needs a cluster.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html
 */

import { SimulatePrincipalPolicyCommand } from "@aws-sdk/client-iam";
import { CreateKeyCommand, DescribeKeyCommand, PutKeyPolicyCommand } from "@aws-sdk/client-kms";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutBucketCorsCommand,
  PutBucketEncryptionCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { afterAll, beforeAll, beforeEach, describe, expect } from "vitest";
import { presign, type PresignOptions } from "../index.ts";
import { simulatorTest, startTarget, type Target } from "./target.ts";
import { policyDocument, startWorkloads, type Workload, type Workloads } from "./workload.ts";

let target: Target;
let workloads: Workloads;
let Bucket = "";

beforeAll(async () => {
  target = await startTarget();
  target.simulator.evaluatePolicies = true;
  workloads = await startWorkloads(target);
});
afterAll(() => target.stop());
beforeEach(() => {
  Bucket = target.bucketName();
  target.simulator.account(target.accountId).createBucket(Bucket);
});

const DENIED = { name: "AccessDenied", $metadata: { httpStatusCode: 403 } };
const saying = (message: string) => ({ ...DENIED, message: expect.stringContaining(message) as string });
const objects = (...actions: string[]) => ({
  Effect: "Allow",
  Action: actions.map((action) => `s3:${action}`),
  Resource: `arn:aws:s3:::${Bucket}/in/*`,
});

describe("a bucket with a KMS key", () => {
  const encrypted = async (BucketKeyEnabled: boolean) => {
    const { KeyMetadata } = await target.kms().send(new CreateKeyCommand({}));
    const KMSMasterKeyID = KeyMetadata?.Arn ?? "";
    const rule = {
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms", KMSMasterKeyID } as const,
      BucketKeyEnabled,
    };
    const ServerSideEncryptionConfiguration = { Rules: [rule] };
    await target.s3().send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration }));
    return KMSMasterKeyID;
  };
  const using = (Resource: string, context: string, ...actions: string[]) => ({
    Effect: "Allow",
    Action: actions.map((action) => `kms:${action}`),
    Resource,
    Condition: {
      StringEquals: { "kms:ViaService": "s3.us-east-1.amazonaws.com" },
      StringLike: { "kms:EncryptionContext:aws:s3:arn": context },
    },
  });
  const put = ({ s3 }: Workload, Key: string) => s3.send(new PutObjectCommand({ Bucket, Key, Body: "x" }));
  const get = ({ s3 }: Workload, Key: string) => s3.send(new GetObjectCommand({ Bucket, Key }));

  simulatorTest("objects with a KMS key also need KMS actions, which a denial names", async () => {
    const key = await encrypted(false);
    const context = `arn:aws:s3:::${Bucket}/in/*`;
    const without = await workloads.start(objects("GetObject", "PutObject"));
    await expect(put(without, "in/x")).rejects.toMatchObject(
      saying(
        `kms:GenerateDataKey on resource: "${key}" because no identity-based policy allows the kms:GenerateDataKey action`,
      ),
    );
    const writer = await workloads.start(objects("PutObject", "GetObject"), using(key, context, "GenerateDataKey"));
    await put(writer, "in/x");
    await expect(get(writer, "in/x")).rejects.toMatchObject(saying("kms:Decrypt"));
    const reader = await workloads.start(objects("GetObject"), using(key, context, "Decrypt"));
    await get(reader, "in/x");
    const directly = target.kms({ credentials: reader.credentials }).send(new DescribeKeyCommand({ KeyId: key }));
    await expect(directly).rejects.toMatchObject({ name: "AccessDeniedException" });
  });

  simulatorTest("the encryption context is the object, or the bucket if a bucket key was used", async () => {
    const key = await encrypted(false);
    const ofObject = await workloads.start(
      objects("GetObject", "PutObject"),
      using(key, `arn:aws:s3:::${Bucket}/in/*`, "GenerateDataKey", "Decrypt"),
    );
    const ofBucket = await workloads.start(
      objects("GetObject", "PutObject"),
      using(key, `arn:aws:s3:::${Bucket}`, "GenerateDataKey", "Decrypt"),
    );
    await put(ofObject, "in/old");
    await expect(put(ofBucket, "in/new")).rejects.toMatchObject(saying("kms:GenerateDataKey"));
    const rule = {
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms", KMSMasterKeyID: key } as const,
      BucketKeyEnabled: true,
    };
    const ServerSideEncryptionConfiguration = { Rules: [rule] };
    await target.s3().send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration }));
    await expect(put(ofObject, "in/new")).rejects.toMatchObject(saying("kms:GenerateDataKey"));
    expect((await put(ofBucket, "in/new")).BucketKeyEnabled).toBe(true);
    await get(ofObject, "in/old");
    await expect(get(ofBucket, "in/old")).rejects.toMatchObject(saying("kms:Decrypt"));
  });

  simulatorTest("IAM policies grant no access to a key whose policy does not name the account's root", async () => {
    const key = await encrypted(true);
    const workload = await workloads.start(objects("PutObject"), { Effect: "Allow", Action: "kms:*", Resource: "*" });
    await put(workload, "in/x");
    const administrator = { AWS: target.simulator.account(target.accountId).callerArn };
    const statement = { Effect: "Allow", Principal: administrator, Action: "kms:*", Resource: "*" };
    await target.kms().send(new PutKeyPolicyCommand({ KeyId: key, Policy: policyDocument(statement) }));
    await expect(put(workload, "in/x")).rejects.toMatchObject(
      saying("because no resource-based policy allows the kms:GenerateDataKey action"),
    );
  });

  simulatorTest("all principals of the account may use the key of alias/aws/s3 through S3", async () => {
    const byDefault = { SSEAlgorithm: "aws:kms" } as const;
    const ServerSideEncryptionConfiguration = { Rules: [{ ApplyServerSideEncryptionByDefault: byDefault }] };
    await target.s3().send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration }));
    await put(await workloads.start(objects("PutObject")), "in/x");
  });
});

describe("a multipart upload", () => {
  simulatorTest("a writer can create, list and complete a multipart upload", async () => {
    const { s3 } = await workloads.start(objects("PutObject", "AbortMultipartUpload", "ListMultipartUploadParts"));
    const names = { Bucket, Key: "in/large" };
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand(names));
    const part = async (PartNumber: number, Body: string) => {
      const { ETag } = await s3.send(new UploadPartCommand({ ...names, UploadId, PartNumber, Body }));
      return { PartNumber, ETag };
    };
    const Parts = [await part(1, "a".repeat(5 * 1024 * 1024)), await part(2, "b")];
    const listed = await s3.send(new ListPartsCommand({ ...names, UploadId }));
    expect(listed.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
      [1, 5 * 1024 * 1024],
      [2, 1],
    ]);
    const complete = (parts: object[]) =>
      s3.send(new CompleteMultipartUploadCommand({ ...names, UploadId, MultipartUpload: { Parts: parts } }));
    await expect(complete(Parts.toReversed())).rejects.toMatchObject({ name: "InvalidPartOrder" });
    await expect(complete([{ PartNumber: 1, ETag: '"no"' }])).rejects.toMatchObject({ name: "InvalidPart" });
    expect((await complete(Parts)).ETag).toMatch(/-2"$/);
    const { ContentLength } = await target.s3().send(new GetObjectCommand(names));
    expect(ContentLength).toBe(5 * 1024 * 1024 + 1);
    await expect(complete(Parts)).rejects.toMatchObject({ name: "NoSuchUpload" });
  });

  simulatorTest("a writer cannot list or abort multipart uploads outside its prefix", async () => {
    const { s3 } = await workloads.start(objects("PutObject", "AbortMultipartUpload", "ListMultipartUploadParts"));
    const foreign = { Bucket, Key: "other/large" };
    const { UploadId } = await target.s3().send(new CreateMultipartUploadCommand(foreign));
    await expect(s3.send(new ListMultipartUploadsCommand({ Bucket }))).rejects.toMatchObject(DENIED);
    await expect(s3.send(new ListPartsCommand({ ...foreign, UploadId }))).rejects.toMatchObject(DENIED);
    await expect(s3.send(new AbortMultipartUploadCommand({ ...foreign, UploadId }))).rejects.toMatchObject(DENIED);
  });
});

describe("a presigned URL", () => {
  const signed = ({ credentials }: Workload, options: Partial<PresignOptions> = {}) =>
    presign(target.simulator.url, credentials, { method: "PUT", bucket: Bucket, key: "in/ä b.txt", ...options });
  const upload = async (
    url: string,
    init: { method?: string; body?: string | null; headers?: Record<string, string> } = {},
  ) => {
    const response = await fetch(url, { method: "PUT", body: "from the browser", ...init });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  const refused = (status: number, text: string) => ({ status, text: expect.stringContaining(text) as string });

  simulatorTest("a presigned URL has the permissions of its signer, for one method and key", async () => {
    const workload = await workloads.start(objects("PutObject"));
    expect((await upload(signed(workload))).status).toBe(200);
    const stored = target.simulator.account(target.accountId).buckets.get(Bucket)?.objects.get("in/ä b.txt");
    expect(stored?.[0]?.body.toString()).toBe("from the browser");
    expect(await upload(signed(workload, { key: "out/x" }))).toMatchObject(refused(403, "s3:PutObject on resource"));
    expect(await upload(signed(workload), { method: "DELETE", body: null })).toMatchObject(
      refused(403, "SignatureDoesNotMatch"),
    );
  });

  simulatorTest("the URLs of the SDK's presigner are accepted, with and without a checksum", async () => {
    const { credentials } = await workloads.start(objects("PutObject"));
    for (const requestChecksumCalculation of ["WHEN_SUPPORTED", "WHEN_REQUIRED"] as const) {
      const endpoint = target.simulator.url;
      const s3 = new S3Client({
        endpoint,
        region: "us-east-1",
        credentials,
        forcePathStyle: true,
        requestChecksumCalculation,
      });
      const url = await getSignedUrl(s3, new PutObjectCommand({ Bucket, Key: "in/x" }));
      expect(await upload(url)).toMatchObject({ status: 200 });
    }
  });

  simulatorTest("a changed presigned URL is refused", async () => {
    const workload = await workloads.start(objects("PutObject"));
    const mismatch = refused(403, "SignatureDoesNotMatch");
    const url = signed(workload, { headers: { "content-type": "image/png" } });
    expect(await upload(url.replace("/in/", "/in/in/"))).toMatchObject(mismatch);
    expect(await upload(url.replace("X-Amz-Expires=900", "X-Amz-Expires=901"))).toMatchObject(mismatch);
    expect(await upload(url, { headers: { "content-type": "text/html" } })).toMatchObject(mismatch);
    expect((await upload(url, { headers: { "content-type": "image/png" } })).status).toBe(200);
  });

  simulatorTest("a presigned URL expires after its lifetime or its signer's session, at most seven days", async () => {
    const workload = await workloads.start(objects("PutObject"));
    const old = signed(workload, { expiresInSeconds: 60, now: Date.now() - 62_000 });
    expect(await upload(old)).toMatchObject(refused(403, "Request has expired"));
    const long = signed(workload, { expiresInSeconds: 604_801 });
    expect(await upload(long)).toMatchObject(refused(400, "AuthorizationQueryParametersError"));
    target.simulator.account(target.accountId).expireSessions();
    expect(await upload(signed(workload))).toMatchObject(refused(400, "ExpiredToken"));
  });

  simulatorTest("browsers can use a presigned URL from origins in the bucket's CORS rules", async () => {
    const workload = await workloads.start(objects("PutObject"));
    const preflight = (origin: string, method: string, headers = "content-type") => ({
      method: "OPTIONS",
      body: null,
      headers: { origin, "access-control-request-method": method, "access-control-request-headers": headers },
    });
    const app = "https://app.example.com";
    expect(await upload(signed(workload), preflight(app, "PUT"))).toMatchObject(refused(403, "CORS is not enabled"));
    const rule = {
      AllowedOrigins: [app],
      AllowedMethods: ["PUT"],
      AllowedHeaders: ["content-*"],
      ExposeHeaders: ["ETag"],
      MaxAgeSeconds: 3000,
    };
    await target.s3().send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules: [rule] } }));
    const { status, headers } = await upload(signed(workload), preflight(app, "PUT", "Content-Type"));
    expect([status, headers.get("access-control-allow-origin"), headers.get("access-control-max-age")]).toEqual([
      200,
      app,
      "3000",
    ]);
    for (const [origin, method, names] of [
      ["https://evil.example.com", "PUT", ""],
      [app, "DELETE", ""],
      [app, "PUT", "x-other"],
    ] as const) {
      expect(await upload(signed(workload), preflight(origin, method, names))).toMatchObject(
        refused(403, "not allowed"),
      );
    }
    const put = await upload(signed(workload), { headers: { origin: app } });
    expect([put.status, put.headers.get("access-control-expose-headers")]).toEqual([200, "ETag"]);
    expect(put.headers.get("access-control-max-age")).toBe("3000");
    const denied = await upload(signed(workload, { key: "out/x" }), { headers: { origin: app } });
    expect([denied.status, denied.headers.get("access-control-allow-origin")]).toEqual([403, app]);
  });
});

describe("SimulatePrincipalPolicy", () => {
  simulatorTest("SimulatePrincipalPolicy evaluates the role's own policies", async () => {
    const { roleArn: PolicySourceArn } = await workloads.start(objects("GetObject"), {
      Effect: "Allow",
      Action: "s3:ListBucket",
      Resource: "*",
      Condition: { StringLike: { "s3:prefix": "in/*" } },
    });
    const decisions = async (ActionNames: string[], ResourceArns: string[], prefix?: string) => {
      const entry = {
        ContextKeyName: "s3:prefix",
        ContextKeyValues: [prefix ?? ""] as string[],
        ContextKeyType: "string" as const,
      };
      const ContextEntries = prefix === undefined ? [] : [entry];
      const command = new SimulatePrincipalPolicyCommand({
        PolicySourceArn,
        ActionNames,
        ResourceArns,
        ContextEntries,
      });
      const { EvaluationResults = [] } = await target.iam().send(command);
      return EvaluationResults.map(({ EvalDecision }) => EvalDecision);
    };
    const keys = ["in/x", "out/x"].map((key) => `arn:aws:s3:::${Bucket}/${key}`);
    expect(await decisions(["s3:GetObject"], keys)).toEqual(["allowed", "implicitDeny"]);
    expect(await decisions(["s3:ListBucket"], [`arn:aws:s3:::${Bucket}`], "in/")).toEqual(["allowed"]);
    expect(await decisions(["s3:ListBucket"], [`arn:aws:s3:::${Bucket}`])).toEqual(["implicitDeny"]);
  });
});
