/**
 * IAM actions and condition keys of requests on objects: FACTS.md#s3-objects. Not against AWS: it needs a cluster.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
 */

import { Readable } from "node:stream";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  DeleteObjectTaggingCommand,
  GetBucketLocationCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  ListPartsCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  RestoreObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, describe, expect } from "vitest";
import { simulatorTest, startTarget, type Target } from "./target.ts";
import { policyDocument, startWorkloads, type Workloads } from "./workload.ts";

let target: Target;
let workloads: Workloads;
let Bucket = "";
let other = "";

beforeAll(async () => {
  target = await startTarget();
  target.simulator.evaluatePolicies = true;
  workloads = await startWorkloads(target);
});
afterAll(() => target.stop());
beforeEach(async () => {
  Bucket = target.bucketName();
  other = target.bucketName();
  for (const name of [Bucket, other]) {
    const bucket = target.simulator.account(target.accountId).createBucket(name);
    bucket.versioning = "Enabled";
    for (const Key of ["in/a", "out/a"])
      await administrator().send(new PutObjectCommand({ Bucket: name, Key, Body: "a" }));
  }
});

const administrator = () => target.s3();
const saying = (message: string) => ({ name: "AccessDenied", message: expect.stringContaining(message) as string });
const objects = (...actions: string[]) => ({
  Effect: "Allow",
  Action: actions.map((action) => `s3:${action}`),
  Resource: `arn:aws:s3:::${Bucket}/in/*`,
});
const ofBucket = (...actions: string[]) => ({ ...objects(...actions), Resource: `arn:aws:s3:::${Bucket}` });

interface Call {
  name: string;
  /** The actions that the call needs, and no more. */
  actions: string[];
  send(s3: S3Client): Promise<unknown>;
}

const VERSION = "v000000001";
const TagSet = [{ Key: "a", Value: "b" }];
const at = (Key = "in/a") => ({ Bucket, Key });

/** Each call with the actions that it needs. Objects are below in/, except for a source in another bucket. */
const CALLS: Call[] = [
  { name: "PutObject", actions: ["PutObject"], send: (s3) => s3.send(new PutObjectCommand({ ...at(), Body: "x" })) },
  {
    name: "PutObject of a stream",
    actions: ["PutObject"],
    send: (s3) =>
      s3.send(new PutObjectCommand({ ...at(), Body: Readable.from([Buffer.from("ab")]), ContentLength: 2 })),
  },
  {
    name: "PutObject with tags",
    actions: ["PutObject", "PutObjectTagging"],
    send: (s3) => s3.send(new PutObjectCommand({ ...at(), Body: "x", Tagging: "a=b" })),
  },
  {
    name: "PutObject with an ACL",
    actions: ["PutObject", "PutObjectAcl"],
    send: (s3) => s3.send(new PutObjectCommand({ ...at(), Body: "x", ACL: "bucket-owner-full-control" })),
  },
  {
    name: "PutObject with If-Match",
    actions: ["PutObject", "GetObject"],
    send: async (s3) => {
      const { ETag } = await administrator().send(new HeadObjectCommand(at()));
      await s3.send(new PutObjectCommand({ ...at(), Body: "x", IfMatch: ETag }));
    },
  },
  { name: "GetObject", actions: ["GetObject"], send: (s3) => s3.send(new GetObjectCommand(at())) },
  { name: "HeadObject", actions: ["GetObject"], send: (s3) => s3.send(new HeadObjectCommand(at())) },
  {
    name: "GetObject of a version",
    actions: ["GetObjectVersion"],
    send: async (s3) => s3.send(new GetObjectCommand({ ...at(), VersionId: await versionId() })),
  },
  {
    name: "GetObjectTagging",
    actions: ["GetObjectTagging"],
    send: (s3) => s3.send(new GetObjectTaggingCommand(at())),
  },
  {
    name: "GetObjectTagging of a version",
    actions: ["GetObjectVersionTagging"],
    send: async (s3) => s3.send(new GetObjectTaggingCommand({ ...at(), VersionId: await versionId() })),
  },
  {
    name: "PutObjectTagging",
    actions: ["PutObjectTagging"],
    send: (s3) => s3.send(new PutObjectTaggingCommand({ ...at(), Tagging: { TagSet } })),
  },
  {
    name: "DeleteObjectTagging",
    actions: ["DeleteObjectTagging"],
    send: (s3) => s3.send(new DeleteObjectTaggingCommand(at())),
  },
  { name: "GetObjectAcl", actions: ["GetObjectAcl"], send: (s3) => s3.send(new GetObjectAclCommand(at())) },
  { name: "DeleteObject", actions: ["DeleteObject"], send: (s3) => s3.send(new DeleteObjectCommand(at())) },
  {
    name: "DeleteObject of a version",
    actions: ["DeleteObjectVersion"],
    send: (s3) => s3.send(new DeleteObjectCommand({ ...at(), VersionId: VERSION })),
  },
  {
    name: "DeleteObjects",
    actions: ["DeleteObject"],
    send: async (s3) => {
      const { Errors = [] } = await s3.send(
        new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: "in/a" }] } }),
      );
      if (Errors.length > 0) throw Object.assign(new Error(Errors[0]?.Message), { name: Errors[0]?.Code });
    },
  },
  {
    name: "RestoreObject",
    actions: ["RestoreObject"],
    send: async (s3) => {
      await administrator().send(new PutObjectCommand({ ...at(), Body: "x", StorageClass: "GLACIER" }));
      await s3.send(new RestoreObjectCommand({ ...at(), RestoreRequest: { Days: 1 } }));
    },
  },
  {
    name: "CopyObject",
    actions: ["PutObject", "GetObject"],
    send: (s3) => s3.send(new CopyObjectCommand({ ...at("in/b"), CopySource: `${Bucket}/in/a` })),
  },
  {
    name: "CopyObject of a version",
    actions: ["PutObject", "GetObjectVersion"],
    send: async (s3) =>
      s3.send(new CopyObjectCommand({ ...at("in/b"), CopySource: `${Bucket}/in/a?versionId=${await versionId()}` })),
  },
  {
    name: "CopyObject with the tags of its source",
    actions: ["PutObject", "GetObject", "GetObjectTagging", "PutObjectTagging"],
    send: async (s3) => {
      await administrator().send(new PutObjectTaggingCommand({ ...at(), Tagging: { TagSet } }));
      await s3.send(new CopyObjectCommand({ ...at("in/b"), CopySource: `${Bucket}/in/a` }));
    },
  },
  {
    name: "a multipart upload",
    actions: ["PutObject"],
    send: async (s3) => {
      const { UploadId } = await s3.send(new CreateMultipartUploadCommand(at("in/large")));
      const part = await s3.send(new UploadPartCommand({ ...at("in/large"), UploadId, PartNumber: 1, Body: "x" }));
      const Parts = [{ PartNumber: 1, ETag: part.ETag }];
      await s3.send(new CompleteMultipartUploadCommand({ ...at("in/large"), UploadId, MultipartUpload: { Parts } }));
    },
  },
  {
    name: "UploadPartCopy",
    actions: ["PutObject", "GetObject"],
    send: async (s3) => {
      const { UploadId } = await administrator().send(new CreateMultipartUploadCommand(at("in/large")));
      const source = { CopySource: `${Bucket}/in/a`, CopySourceRange: "bytes=0-0" };
      await s3.send(new UploadPartCopyCommand({ ...at("in/large"), UploadId, PartNumber: 1, ...source }));
    },
  },
  {
    name: "ListParts",
    actions: ["ListMultipartUploadParts"],
    send: async (s3) => {
      const { UploadId } = await administrator().send(new CreateMultipartUploadCommand(at("in/large")));
      await s3.send(new ListPartsCommand({ ...at("in/large"), UploadId }));
    },
  },
  {
    name: "AbortMultipartUpload",
    actions: ["AbortMultipartUpload"],
    send: async (s3) => {
      const { UploadId } = await administrator().send(new CreateMultipartUploadCommand(at("in/large")));
      await s3.send(new AbortMultipartUploadCommand({ ...at("in/large"), UploadId }));
    },
  },
];

/** Calls on the bucket, with the actions that they need. */
const BUCKET_CALLS: Call[] = [
  { name: "HeadBucket", actions: ["ListBucket"], send: (s3) => s3.send(new HeadBucketCommand({ Bucket })) },
  { name: "ListObjects", actions: ["ListBucket"], send: (s3) => s3.send(new ListObjectsCommand({ Bucket })) },
  { name: "ListObjectsV2", actions: ["ListBucket"], send: (s3) => s3.send(new ListObjectsV2Command({ Bucket })) },
  {
    name: "ListObjectVersions",
    actions: ["ListBucketVersions"],
    send: (s3) => s3.send(new ListObjectVersionsCommand({ Bucket })),
  },
  {
    name: "ListMultipartUploads",
    actions: ["ListBucketMultipartUploads"],
    send: (s3) => s3.send(new ListMultipartUploadsCommand({ Bucket })),
  },
  {
    name: "GetBucketLocation",
    actions: ["GetBucketLocation"],
    send: (s3) => s3.send(new GetBucketLocationCommand({ Bucket })),
  },
];

async function versionId(): Promise<string> {
  const { VersionId = "" } = await administrator().send(new HeadObjectCommand(at()));
  return VersionId;
}

const ALL = [
  ...CALLS.map((call) => ({ ...call, statement: objects })),
  ...BUCKET_CALLS.map((call) => ({ ...call, statement: ofBucket })),
];

describe("IAM actions", () => {
  /** The answer to HEAD has no code. */
  const isDenied = (answer: Promise<unknown>) =>
    answer.then(
      () => false,
      (error: Error & { $metadata?: { httpStatusCode?: number } }) =>
        error.name === "AccessDenied" || error.$metadata?.httpStatusCode === 403,
    );

  simulatorTest.for(ALL)("$name needs exactly $actions", async ({ actions, send, statement }) => {
    const { s3 } = await workloads.start(statement(...actions));
    await send(s3);
    for (const missing of actions) {
      const others = actions.filter((action) => action !== missing);
      const { s3: limited } = await workloads.start(statement(...others, "GetEncryptionConfiguration"));
      expect(await isDenied(send(limited)), `without ${missing}`).toBe(true);
    }
  });

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-resourceaccount
  simulatorTest.for(ALL)("$name has aws:ResourceAccount in its context", async ({ actions, send, statement }) => {
    const of = (account: string) => ({ StringEquals: { "aws:ResourceAccount": account } });
    const { s3 } = await workloads.start({ ...statement(...actions), Condition: of(target.accountId) });
    await send(s3);
    const { s3: foreign } = await workloads.start({ ...statement(...actions), Condition: of("999988887777") });
    expect(await isDenied(send(foreign))).toBe(true);
  });
});

describe("copies between buckets", () => {
  simulatorTest("the source is read with its own bucket's policies", async () => {
    const { s3 } = await workloads.start(objects("PutObject"));
    const copy = () => s3.send(new CopyObjectCommand({ ...at("in/b"), CopySource: `${other}/out/a` }));
    const denied = `s3:GetObject on resource: "arn:aws:s3:::${other}/out/a"`;
    await expect(copy()).rejects.toMatchObject(saying(denied));
    const grant = {
      Effect: "Deny",
      Principal: "*",
      Action: "s3:GetObject",
      Resource: `arn:aws:s3:::${other}/out/*`,
    };
    await administrator().send(new PutBucketPolicyCommand({ Bucket: other, Policy: policyDocument(grant) }));
    const { s3: both } = await workloads.start(objects("PutObject"), { ...objects("GetObject"), Resource: "*" });
    const refused = both.send(new CopyObjectCommand({ ...at("in/b"), CopySource: `${other}/out/a` }));
    await expect(refused).rejects.toMatchObject(saying("with an explicit deny in a resource-based policy"));
    await both.send(new CopyObjectCommand({ ...at("in/b"), CopySource: `${other}/in/a` }));
  });

  simulatorTest("a missing source is a 404 to callers that may list it", async () => {
    const { s3 } = await workloads.start(objects("PutObject", "GetObject"));
    const copy = (client: S3Client) =>
      client.send(new CopyObjectCommand({ ...at("in/b"), CopySource: `${Bucket}/in/none` }));
    await expect(copy(s3)).rejects.toMatchObject(saying("s3:ListBucket"));
    const below = { StringLike: { "s3:prefix": "in/*" } };
    const { s3: lister } = await workloads.start(objects("PutObject", "GetObject"), {
      ...ofBucket("ListBucket"),
      Condition: below,
    });
    await expect(copy(lister)).rejects.toMatchObject({ name: "NoSuchKey" });
  });
});

describe("condition keys", () => {
  simulatorTest("listings have s3:prefix, s3:delimiter and s3:max-keys; uploads have none of them", async () => {
    const Condition = {
      StringEquals: { "s3:prefix": "in/", "s3:delimiter": "/" },
      NumericLessThanEquals: { "s3:max-keys": "10" },
    };
    const { s3 } = await workloads.start({ ...ofBucket("ListBucket", "ListBucketVersions"), Condition });
    const asked = { Bucket, Prefix: "in/", Delimiter: "/", MaxKeys: 10 };
    const lists = [
      (input: typeof asked) => s3.send(new ListObjectsCommand(input)),
      (input: typeof asked) => s3.send(new ListObjectsV2Command(input)),
      (input: typeof asked) => s3.send(new ListObjectVersionsCommand(input)),
    ];
    for (const list of lists) {
      await list(asked);
      for (const wrong of [{ Prefix: "" }, { Delimiter: "," }, { MaxKeys: 11 }]) {
        await expect(list({ ...asked, ...wrong })).rejects.toMatchObject({ name: "AccessDenied" });
      }
    }
    const { s3: uploader } = await workloads.start({ ...ofBucket("ListBucketMultipartUploads"), Condition });
    const uploads = uploader.send(new ListMultipartUploadsCommand({ Bucket, Prefix: "in/", Delimiter: "/" }));
    await expect(uploads).rejects.toMatchObject({ name: "AccessDenied" });
  });

  simulatorTest("tags of the request and of the object are condition keys", async () => {
    const team = (key: string, value: string) => ({ StringEquals: { [`s3:${key}/team`]: value } });
    const { s3 } = await workloads.start(
      { ...objects("PutObject", "PutObjectTagging"), Condition: team("RequestObjectTag", "a") },
      { ...objects("GetObject"), Condition: team("ExistingObjectTag", "a") },
    );
    const put = (Tagging?: string) =>
      s3.send(new PutObjectCommand({ ...at(), Body: "x", ...(Tagging !== undefined && { Tagging }) }));
    await expect(s3.send(new GetObjectCommand(at()))).rejects.toMatchObject({ name: "AccessDenied" });
    await expect(put()).rejects.toMatchObject({ name: "AccessDenied" });
    await expect(put("team=b")).rejects.toMatchObject({ name: "AccessDenied" });
    await put("team=a");
    await s3.send(new GetObjectCommand(at()));
    const tagging = (Value: string) =>
      s3.send(new PutObjectTaggingCommand({ ...at(), Tagging: { TagSet: [{ Key: "team", Value }] } }));
    await expect(tagging("b")).rejects.toMatchObject({ name: "AccessDenied" });
    await tagging("a");
  });

  simulatorTest("headers such as x-amz-storage-class are condition keys", async () => {
    const Condition = { StringEquals: { "s3:x-amz-storage-class": "STANDARD_IA" } };
    const { s3 } = await workloads.start({ ...objects("PutObject"), Condition });
    const put = (StorageClass: "STANDARD_IA" | "GLACIER") =>
      s3.send(new PutObjectCommand({ ...at(), Body: "x", StorageClass }));
    await put("STANDARD_IA");
    await expect(put("GLACIER")).rejects.toMatchObject({ name: "AccessDenied" });
  });
});

describe("streamed bodies", () => {
  simulatorTest("a body of unknown checksum is sent in chunks with a trailer, and checked", async () => {
    const { s3 } = await workloads.start(objects("PutObject", "GetObject"));
    const Body = Readable.from([Buffer.from("first "), Buffer.from("second")]);
    const { ChecksumCRC32 } = await s3.send(new PutObjectCommand({ ...at(), Body, ContentLength: 12 }));
    expect(ChecksumCRC32).toBeDefined();
    const answer = await s3.send(new GetObjectCommand({ ...at(), ChecksumMode: "ENABLED" }));
    expect([await answer.Body?.transformToString(), answer.ChecksumCRC32]).toEqual(["first second", ChecksumCRC32]);
    expect(answer.ContentEncoding).toBeUndefined();
  });
});
