/**
 * ACLs of buckets.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketAcl.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
 */

import {
  GetBucketAclCommand,
  PutBucketAclCommand,
  PutBucketOwnershipControlsCommand,
  PutPublicAccessBlockCommand,
  type BucketCannedACL,
  type ObjectOwnership,
  type PutBucketAclCommandInput,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createBucket, startTarget, type Target } from "./target.ts";

let target: Target;
let Bucket: string;
beforeAll(async () => {
  target = await startTarget();
});
afterAll(() => target.stop());
beforeEach(async () => {
  Bucket = await createBucket(target);
});

const own = (ObjectOwnership: ObjectOwnership) =>
  target
    .s3()
    .send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls: { Rules: [{ ObjectOwnership }] } }));
const put = (input: Omit<PutBucketAclCommandInput, "Bucket">) =>
  target.s3().send(new PutBucketAclCommand({ Bucket, ...input }));

async function grants(): Promise<(string | undefined)[][]> {
  const { Grants = [] } = await target.s3().send(new GetBucketAclCommand({ Bucket }));
  return Grants.map(({ Grantee, Permission }) => [Grantee?.Type, Grantee?.URI?.split("/").at(-1), Permission]);
}

/** The SDK's type lacks it: https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl */
const LOG_DELIVERY_WRITE = "log-delivery-write" as BucketCannedACL;
const OWNER = ["CanonicalUser", undefined, "FULL_CONTROL"];
const LOGS = [
  ["Group", "LogDelivery", "WRITE"],
  ["Group", "LogDelivery", "READ_ACP"],
];

test("while ACLs are disabled, every PutBucketAcl is refused", async () => {
  const refused = { name: "AccessControlListNotSupported", $metadata: { httpStatusCode: 400 } };
  await expect(put({ ACL: "private" })).rejects.toMatchObject(refused);
  await expect(put({ GrantRead: `id=${"0".repeat(64)}` })).rejects.toMatchObject(refused);
  expect(await grants()).toEqual([OWNER]);
});

test("a canned ACL replaces all grants", async () => {
  await own("BucketOwnerPreferred");
  await put({ ACL: LOG_DELIVERY_WRITE });
  expect(await grants()).toEqual([OWNER, ...LOGS]);
  await put({ ACL: "private" });
  expect(await grants()).toEqual([OWNER]);
});

test("ACLs are not disabled while the ACL grants access to others", async () => {
  await own("ObjectWriter");
  await put({ ACL: LOG_DELIVERY_WRITE });
  const refused = { name: "InvalidBucketAclWithObjectOwnership", $metadata: { httpStatusCode: 400 } };
  await expect(own("BucketOwnerEnforced")).rejects.toMatchObject(refused);
  await own("BucketOwnerPreferred");
  await put({ ACL: "private" });
  await own("BucketOwnerEnforced");
  expect(await grants()).toEqual([OWNER]);
});

test("grants in the document are stored; the owner's own are not access of others", async () => {
  await own("ObjectWriter");
  const { Owner, Grants } = await target.s3().send(new GetBucketAclCommand({ Bucket }));
  const URI = "http://acs.amazonaws.com/groups/s3/LogDelivery";
  const logs = { Grantee: { Type: "Group", URI }, Permission: "WRITE" } as const;
  await put({ AccessControlPolicy: { Owner, Grants: [...(Grants ?? []), logs] } });
  expect(await grants()).toEqual([OWNER, ["Group", "LogDelivery", "WRITE"]]);
  await expect(own("BucketOwnerEnforced")).rejects.toMatchObject({ name: "InvalidBucketAclWithObjectOwnership" });
  await put({ AccessControlPolicy: { Owner, Grants } });
  await own("BucketOwnerEnforced");
});

test("grants in headers are stored", async () => {
  await own("ObjectWriter");
  await put({ GrantWrite: 'uri="http://acs.amazonaws.com/groups/s3/LogDelivery"' });
  expect(await grants()).toContainEqual(["Group", "LogDelivery", "WRITE"]);
});

test("a public ACL is refused while Block Public Access blocks public ACLs", async () => {
  await own("ObjectWriter");
  await expect(put({ ACL: "public-read" })).rejects.toMatchObject({ name: "AccessDenied" });
  await expect(put({ ACL: "authenticated-read" })).rejects.toMatchObject({ name: "AccessDenied" });
  await target.s3().send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: {} }));
  await put({ ACL: "public-read" });
  expect(await grants()).toContainEqual(["Group", "AllUsers", "READ"]);
});
