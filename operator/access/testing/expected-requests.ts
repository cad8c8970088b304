/** Which requests grants must allow, decided without code of the operator. */

import { expect } from "vitest";
import type { Grant } from "../../api/types.ts";
import type { AccessBucket } from "../policy/model.ts";
import { isAllowed, type Request, type Rights } from "./requests.ts";

type Permissions = Grant["permissions"];

/** A request, and whether it must be allowed. */
export type Expected = readonly [request: Request, allowed: boolean];

/** Written from AWS's reference and not from policy/grants.ts. */
const ON_OBJECTS: Readonly<Record<string, Permissions[number]>> = {
  "s3:GetObject": "Read",
  "s3:GetObjectVersion": "ReadVersions",
  "s3:PutObject": "Write",
  "s3:AbortMultipartUpload": "Write",
  "s3:ListMultipartUploadParts": "Write",
  "s3:DeleteObject": "Delete",
  "s3:GetObjectTagging": "Tag",
  "s3:PutObjectTagging": "Tag",
  "s3:DeleteObjectTagging": "Tag",
  "s3:RestoreObject": "Restore",
};

/** Actions that show keys below the prefix of the request. */
const LISTS = { "s3:ListBucket": "List", "s3:ListBucketVersions": "ReadVersions" } as const;

export function grantedAt(grants: readonly Grant[], key: string, ...permissions: Permissions): boolean {
  return grants.some(
    (grant) =>
      (grant.prefix === "*" || key.startsWith(grant.prefix)) &&
      grant.permissions.some((permission) => permissions.includes(permission)),
  );
}

export function requestOnObject({ arn, accountId }: AccessBucket, action: string, key: string): Request {
  return { action, resource: `${arn}/${key}`, owner: accountId };
}

/** Requests for one object key, also as the prefix of lists. */
export function requestsAt(key: string, grants: readonly Grant[], bucket: AccessBucket): Expected[] {
  const { arn, accountId: owner } = bucket;
  const at = (...permissions: Permissions) => grantedAt(grants, key, ...permissions);
  const lists = Object.entries(LISTS).map(([action, permission]): Expected => [
    { action, resource: arn, owner, context: { "s3:prefix": key } },
    at(permission),
  ]);
  // No object has an empty key.
  if (key === "") return lists;
  const onObjects = Object.entries(ON_OBJECTS).map(([action, permission]): Expected => [
    requestOnObject(bucket, action, key),
    at(permission),
  ]);
  return [...lists, ...onObjects, ...onKeyAt(key, grants, bucket)];
}

/** Calls to the bucket's KMS key, through S3, for one object. */
function onKeyAt(
  key: string,
  grants: readonly Grant[],
  { arn, region, accountId, encryption }: AccessBucket,
): Expected[] {
  if (encryption === undefined) return [];
  const at = (...permissions: Permissions) =>
    encryption.contexts.includes("Object") && grantedAt(grants, key, ...permissions);
  const call = (action: string): Request => ({
    action,
    resource: encryption.kmsKeyArn,
    owner: accountId,
    context: {
      "kms:ViaService": `s3.${region}.amazonaws.com`,
      "kms:EncryptionContext:aws:s3:arn": `${arn}/${key}`,
    },
  });
  return [
    [call("kms:Decrypt"), at("Read", "ReadVersions", "Write")],
    [call("kms:GenerateDataKey"), at("Write")],
    [call("kms:Encrypt"), false],
  ];
}

/** Lists without a prefix, and actions on the bucket itself. */
export function requestsOnBucket(grants: readonly Grant[], { arn, accountId: owner }: AccessBucket): Expected[] {
  const everywhere = (permission: Permissions[number]) => grantedAt(grants, "", permission);
  const anywhere = (permission: Permissions[number]) =>
    grants.some(({ permissions }) => permissions.includes(permission));
  const on = (action: string, context: Record<string, string> = {}): Request => ({
    action,
    resource: arn,
    owner,
    context,
  });
  return [
    ...Object.entries(LISTS).flatMap(([action, permission]): Expected[] => [
      [on(action), everywhere(permission)],
      [on(action, { "s3:prefix": "" }), everywhere(permission)],
      [on(action, { "s3:prefix": "", "s3:delimiter": "/" }), everywhere(permission)],
    ]),
    [on("s3:ListBucketMultipartUploads"), everywhere("List")],
    [on("s3:GetBucketLocation"), anywhere("List")],
    [on("s3:GetBucketPolicy"), false],
  ];
}

export async function expectVerdicts(rights: Rights, requests: readonly Expected[]): Promise<void> {
  for (const [request, allowed] of requests) {
    expect(await isAllowed(rights, request), JSON.stringify(request)).toBe(allowed);
  }
}
