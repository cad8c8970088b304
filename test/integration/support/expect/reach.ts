import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetBucketPolicyCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  UploadPartCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { expect } from "vitest";
import type { Grant } from "../../../../operator/api/types.ts";
import type { Stage } from "../world/workloads.ts";

type Permission = Grant["permissions"][number];

/** A role with access to a bucket. */
interface Hands {
  s3: S3Client;
  bucket: string;
}

const BODY = "what a workload writes";

/** The prefix that grants every key of the bucket. */
const EVERY_KEY = "*";

/** Keys below the prefix, and next to it where an imprecise pattern would match. */
export function keysAround(prefix: string): string[] {
  if (prefix === EVERY_KEY) return ["x", "deep/x", "*/x"];
  const bare = prefix.slice(0, -1);
  return [`${prefix}x`, `${prefix}deep/x`, `${bare}-2/x`, `${bare}x`, bare, `x/${prefix}x`];
}

/** Puts an object at every key, as the bucket's owner. */
export async function fill({ owner }: Pick<Stage, "owner">, Bucket: string, keys: readonly string[]): Promise<void> {
  for (const Key of keys) await owner.send(new PutObjectCommand({ Bucket, Key, Body: "was here before" }));
}

/**
 * Tries every permission at every key, and compares with the grants. The keys must have objects; afterwards some have
 * others, or none.
 */
export async function expectReach(hands: Hands, grants: readonly Grant[], keys: readonly string[]): Promise<void> {
  const { s3, bucket: Bucket } = hands;
  for (const Key of keys) {
    const may = (permission: Permission) => isGranted(grants, Key, permission);
    await expectAnswer(`get ${Key}`, may("Read"), () => s3.send(new GetObjectCommand({ Bucket, Key })));
    await expectAnswer(`put ${Key}`, may("Write"), () => s3.send(new PutObjectCommand({ Bucket, Key, Body: BODY })));
    await expectAnswer(`upload ${Key}`, may("Write"), () => uploadPart(hands, Key));
    await expectAnswer(`delete ${Key}`, may("Delete"), () => s3.send(new DeleteObjectCommand({ Bucket, Key })));
    const Prefix = Key.slice(0, Key.lastIndexOf("/") + 1);
    const mayList = isGranted(grants, Prefix, "List");
    await expectAnswer(`list '${Prefix}'`, mayList, () => s3.send(new ListObjectsV2Command({ Bucket, Prefix })));
  }
}

/**
 * Requests that no grant allows: lists beyond the prefix, versions, uploads of others, the bucket's settings. Lists of
 * the whole bucket are left out if the grants allow them.
 */
export async function expectNothingElse(
  { s3, bucket: Bucket }: Hands,
  keys: readonly string[],
  grants: readonly Grant[] = [],
): Promise<void> {
  const [Key = ""] = keys;
  const VersionId = "null";
  const lists: Record<string, () => Promise<unknown>> = {
    "list all": () => s3.send(new ListObjectsV2Command({ Bucket })),
    "list with an empty prefix": () => s3.send(new ListObjectsV2Command({ Bucket, Prefix: "" })),
    "list without the slash": () => s3.send(new ListObjectsV2Command({ Bucket, Prefix: Key.split("/")[0] })),
    "list uploads": () => s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix: Key })),
  };
  const others: Record<string, () => Promise<unknown>> = {
    "list versions": () => s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: Key })),
    "get a version": () => s3.send(new GetObjectCommand({ Bucket, Key, VersionId })),
    "delete a version": () => s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId })),
    "read the policy": () => s3.send(new GetBucketPolicyCommand({ Bucket })),
  };
  const listsAll = grants.some(({ prefix, permissions }) => prefix === EVERY_KEY && permissions.includes("List"));
  const tries = listsAll ? others : { ...lists, ...others };
  for (const [what, attempt] of Object.entries(tries)) await expectAnswer(what, false, attempt);
}

function isGranted(grants: readonly Grant[], key: string, permission: Permission): boolean {
  const covers = (prefix: string) => prefix === EVERY_KEY || key.startsWith(prefix);
  return grants.some(({ prefix, permissions }) => covers(prefix) && permissions.includes(permission));
}

async function uploadPart({ s3, bucket: Bucket }: Hands, Key: string): Promise<void> {
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body: BODY }));
  await s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
}

async function expectAnswer(what: string, allowed: boolean, attempt: () => Promise<unknown>): Promise<void> {
  const error = await attempt().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (allowed) expect(error, what).toBeUndefined();
  else expect(error, what).toMatchObject({ name: "AccessDenied", $metadata: { httpStatusCode: 403 } });
}
