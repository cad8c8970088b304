/** Canned ACLs: https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl */

import { AwsError, notImplemented } from "../errors.ts";
import type { AwsRequest } from "../http.ts";
import type { Bucket, World } from "../state.ts";
import { accountOf } from "../world.ts";
import { element, textAt, type XmlElement } from "../xml.ts";
import { findVersion } from "./object-versions.ts";
import { isOn } from "./public-access-block.ts";
import { accessDenied, invalidArgument, xmlReply, type Subresource } from "./route.ts";

const GROUPS = "http://acs.amazonaws.com/groups/global/";
const XSI = "http://www.w3.org/2001/XMLSchema-instance";

/** Grants besides the owner's FULL_CONTROL. */
const GRANTS: Record<string, [group: string, permission: string][]> = {
  "public-read": [["AllUsers", "READ"]],
  "public-read-write": [
    ["AllUsers", "READ"],
    ["AllUsers", "WRITE"],
  ],
  "authenticated-read": [["AuthenticatedUsers", "READ"]],
};

const OBJECT_ACLS = new Set(["private", "aws-exec-read", "bucket-owner-read", ...Object.keys(GRANTS)]);

export const acl: Subresource = {
  name: "acl",
  level: "bucket",
  query: "acl",
  methods: {
    GET: {
      operation: "GetBucketAcl",
      action: "s3:GetBucketAcl",
      write: false,
      handle: ({ acl, accountId }) => xmlReply(aclElement(acl, accountId)),
    },
  },
};

/** Objects belong to the bucket owner, also with other object ownership. */
export const objectAcl: Subresource = {
  name: "objectAcl",
  level: "object",
  query: "acl",
  methods: {
    GET: {
      operation: "GetObjectAcl",
      action: ({ query }) => (query.has("versionId") ? "s3:GetObjectVersionAcl" : "s3:GetObjectAcl"),
      write: false,
      parameters: ["versionId"],
      handle: (bucket, { request, key }) => {
        const { acl } = findVersion(bucket, { key, versionId: request.query.get("versionId") ?? undefined });
        return xmlReply(aclElement(acl, bucket.accountId));
      },
    },
    PUT: {
      operation: "PutObjectAcl",
      action: ({ query }) => (query.has("versionId") ? "s3:PutObjectVersionAcl" : "s3:PutObjectAcl"),
      write: true,
      checksumOptional: true,
      parameters: ["versionId"],
      headers: ["x-amz-acl"],
      handle: (bucket, { request, key, world }) => {
        const version = findVersion(bucket, { key, versionId: request.query.get("versionId") ?? undefined });
        if (request.body.length > 0) refuseAcls(bucket, "grants in the body of PutObjectAcl");
        version.acl = checkObjectAcl(bucket, world, request.headers);
        return { status: 200 };
      },
    },
  },
};

/**
 * The canned ACL of the request. Throws AccessControlListNotSupported while ACLs are disabled, unless the ACL is
 * bucket-owner-full-control, and AccessDenied for a public ACL that Block Public Access refuses.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
 */
export function checkObjectAcl(bucket: Bucket, world: World, headers: AwsRequest["headers"]): string {
  const { publicAccessBlock } = accountOf(world, bucket.accountId);
  if (Object.keys(headers).some((name) => name.startsWith("x-amz-grant-"))) refuseAcls(bucket, "grants in headers");
  const acl = headers["x-amz-acl"];
  if (acl === undefined || acl === "bucket-owner-full-control") return acl ?? "private";
  if (isEnforced(bucket)) throw aclsNotSupported();
  if (!OBJECT_ACLS.has(acl)) throw invalidArgument("", "x-amz-acl", acl);
  if (GRANTS[acl] !== undefined && isOn("BlockPublicAcls", bucket.publicAccessBlock, publicAccessBlock)) {
    throw accessDenied();
  }
  return acl;
}

function refuseAcls(bucket: Bucket, what: string): never {
  throw isEnforced(bucket) ? aclsNotSupported() : notImplemented(what);
}

function isEnforced({ ownershipControls }: Bucket): boolean {
  return textAt(ownershipControls, "Rule", "ObjectOwnership") === "BucketOwnerEnforced";
}

function aclsNotSupported(): AwsError {
  return new AwsError(400, "AccessControlListNotSupported", "The bucket does not allow ACLs");
}

function aclElement(acl: string, accountId: string): XmlElement {
  const owner = element("ID", canonicalUserId(accountId));
  const grants = (GRANTS[acl] ?? []).map(([group, permission]) =>
    grant("Group", element("URI", `${GROUPS}${group}`), permission),
  );
  return element("AccessControlPolicy", [
    element("Owner", [owner]),
    element("AccessControlList", [grant("CanonicalUser", owner, "FULL_CONTROL"), ...grants]),
  ]);
}

/** The account's canonical user ID: 64 hexadecimal digits. */
export function canonicalUserId(accountId: string): string {
  return accountId.padStart(64, "0");
}

function grant(type: string, who: XmlElement, permission: string): XmlElement {
  const grantee = { ...element("Grantee", [who]), attributes: { "xmlns:xsi": XSI, "xsi:type": type } };
  return element("Grant", [grantee, element("Permission", permission)]);
}
