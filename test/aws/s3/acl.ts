/** ACLs of objects, and canned ACLs: https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl */

import { AwsError, notImplemented } from "../errors.ts";
import type { AwsRequest } from "../http.ts";
import type { Bucket, World } from "../state.ts";
import { accountOf } from "../world.ts";
import { element, textAt, type XmlElement } from "../xml.ts";
import { findVersion } from "./object-versions.ts";
import { isOn } from "./public-access-block.ts";
import { accessDenied, invalidArgument, xmlReply, type Subresource } from "./route.ts";

export const ALL_USERS = "http://acs.amazonaws.com/groups/global/AllUsers";
const AUTHENTICATED_USERS = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";
const XSI = "http://www.w3.org/2001/XMLSchema-instance";

/** One grant besides the owner's FULL_CONTROL, to a canonical user ID or to the URI of a group. */
export interface AclGrant {
  grantee: string;
  permission: string;
}

/** What canned ACLs grant to groups. */
const GRANTS: Record<string, AclGrant[]> = {
  "public-read": [{ grantee: ALL_USERS, permission: "READ" }],
  "public-read-write": [
    { grantee: ALL_USERS, permission: "READ" },
    { grantee: ALL_USERS, permission: "WRITE" },
  ],
  "authenticated-read": [{ grantee: AUTHENTICATED_USERS, permission: "READ" }],
};

const OBJECT_ACLS = new Set(["private", "aws-exec-read", "bucket-owner-read", ...Object.keys(GRANTS)]);

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
        return xmlReply(aclElement(cannedGrants(acl), bucket.accountId));
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
  if (arePublic(cannedGrants(acl)) && isOn("BlockPublicAcls", bucket.publicAccessBlock, publicAccessBlock)) {
    throw accessDenied();
  }
  return acl;
}

function refuseAcls(bucket: Bucket, what: string): never {
  throw isEnforced(bucket) ? aclsNotSupported() : notImplemented(what);
}

export function cannedGrants(acl: string): readonly AclGrant[] {
  return GRANTS[acl] ?? [];
}

/**
 * The groups that Block Public Access takes for the public.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
 */
export function arePublic(grants: readonly AclGrant[]): boolean {
  return grants.some(({ grantee }) => grantee === ALL_USERS || grantee === AUTHENTICATED_USERS);
}

/** ACLs are disabled. */
export function isEnforced({ ownershipControls }: Bucket): boolean {
  return textAt(ownershipControls, "Rule", "ObjectOwnership") === "BucketOwnerEnforced";
}

export function aclsNotSupported(): AwsError {
  return new AwsError(400, "AccessControlListNotSupported", "The bucket does not allow ACLs");
}

export function aclElement(others: readonly AclGrant[], accountId: string): XmlElement {
  const owner = canonicalUserId(accountId);
  return element("AccessControlPolicy", [
    element("Owner", [element("ID", owner)]),
    element("AccessControlList", [{ grantee: owner, permission: "FULL_CONTROL" }, ...others].map(grantElement)),
  ]);
}

/** The account's canonical user ID: 64 hexadecimal digits. */
export function canonicalUserId(accountId: string): string {
  return accountId.padStart(64, "0");
}

function grantElement({ grantee, permission }: AclGrant): XmlElement {
  const isGroup = grantee.includes("://");
  const who = element("Grantee", [element(isGroup ? "URI" : "ID", grantee)]);
  const attributes = { "xmlns:xsi": XSI, "xsi:type": isGroup ? "Group" : "CanonicalUser" };
  return element("Grant", [{ ...who, attributes }, element("Permission", permission)]);
}
