/** The ACL of a bucket: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketAcl.html */

import { notImplemented } from "../errors.ts";
import type { AwsRequest } from "../http.ts";
import type { Bucket } from "../state.ts";
import { accountOf } from "../world.ts";
import { child, childrenNamed, textAt, type XmlElement } from "../xml.ts";
import {
  aclElement,
  aclsNotSupported,
  arePublic,
  cannedGrants,
  canonicalUserId,
  isEnforced,
  type AclGrant,
} from "./acl.ts";
import { isOn } from "./public-access-block.ts";
import {
  accessDenied,
  invalidArgument,
  invalidRequest,
  malformedXml,
  requestDocument,
  xmlReply,
  type Subresource,
} from "./route.ts";

const LOG_DELIVERY = "http://acs.amazonaws.com/groups/s3/LogDelivery";

/** A canned ACL of buckets only. */
const LOG_DELIVERY_WRITE: AclGrant[] = [
  { grantee: LOG_DELIVERY, permission: "WRITE" },
  { grantee: LOG_DELIVERY, permission: "READ_ACP" },
];

const CANNED = new Set(["private", "public-read", "public-read-write", "authenticated-read", "log-delivery-write"]);

/** Permission by header. */
const HEADERS: Record<string, string> = {
  "x-amz-grant-full-control": "FULL_CONTROL",
  "x-amz-grant-read": "READ",
  "x-amz-grant-read-acp": "READ_ACP",
  "x-amz-grant-write": "WRITE",
  "x-amz-grant-write-acp": "WRITE_ACP",
};

export const bucketAcl: Subresource = {
  name: "acl",
  level: "bucket",
  query: "acl",
  methods: {
    GET: {
      operation: "GetBucketAcl",
      action: "s3:GetBucketAcl",
      write: false,
      // While ACLs are disabled, the owner alone has access: FACTS.md#s3-public-access-and-ownership.
      handle: (bucket) => xmlReply(aclElement(isEnforced(bucket) ? [] : bucketGrants(bucket), bucket.accountId)),
    },
    PUT: {
      operation: "PutBucketAcl",
      action: "s3:PutBucketAcl",
      write: true,
      headers: ["x-amz-acl", ...Object.keys(HEADERS)],
      handle: (bucket, { request, world }) => {
        if (isEnforced(bucket)) throw aclsNotSupported();
        const grants = requestedGrants(bucket, request);
        const { publicAccessBlock } = accountOf(world, bucket.accountId);
        if (arePublic(grants) && isOn("BlockPublicAcls", bucket.publicAccessBlock, publicAccessBlock)) {
          throw accessDenied();
        }
        bucket.acl = grants;
        return { status: 200 };
      },
    },
  },
};

/** What the ACL grants to others than the owner. */
export function bucketGrants({ acl, accountId }: Bucket): readonly AclGrant[] {
  const grants = typeof acl === "string" ? cannedBucketGrants(acl) : acl;
  return grants.filter(({ grantee }) => grantee !== canonicalUserId(accountId));
}

function cannedBucketGrants(acl: string): readonly AclGrant[] {
  return acl === "log-delivery-write" ? LOG_DELIVERY_WRITE : cannedGrants(acl);
}

/** Exactly one of a canned ACL, grants in headers and grants in the body. */
function requestedGrants(bucket: Bucket, request: AwsRequest): readonly AclGrant[] {
  const { headers, body } = request;
  const canned = headers["x-amz-acl"];
  const inHeaders = Object.keys(HEADERS).filter((name) => headers[name] !== undefined);
  if (canned !== undefined && inHeaders.length > 0) {
    throw invalidRequest("Specifying both Canned ACLs and Header Grants is not allowed");
  }
  if (canned !== undefined) {
    if (!CANNED.has(canned)) throw invalidArgument("", "x-amz-acl", canned);
    return cannedBucketGrants(canned);
  }
  if (inHeaders.length > 0) return inHeaders.flatMap((name) => headerGrants(name, headers[name] ?? ""));
  if (body.length === 0) throw invalidRequest("Your request was missing a required header");
  return documentGrants(bucket, requestDocument(request, "AccessControlPolicy"));
}

/** Grantees such as `id="…"` and `uri="…"`, separated by commas. */
function headerGrants(name: string, value: string): AclGrant[] {
  return value.split(",").map((part) => {
    const { type, grantee } = /^\s*(?<type>\w+)="?(?<grantee>[^"]+)"?\s*$/.exec(part)?.groups ?? {};
    if (type === "emailAddress") throw notImplemented("grantees by e-mail address");
    if ((type !== "id" && type !== "uri") || grantee === undefined) throw invalidArgument("", name, value);
    return { grantee, permission: HEADERS[name] ?? "" };
  });
}

function documentGrants({ accountId }: Bucket, document: XmlElement): AclGrant[] {
  const list = child(document, "AccessControlList");
  if (list === undefined || textAt(document, "Owner", "ID") === undefined) throw malformedXml();
  // The owner of the bucket cannot change.
  if (textAt(document, "Owner", "ID") !== canonicalUserId(accountId)) throw accessDenied();
  return childrenNamed(list, "Grant").map((grant) => {
    const [who, permission] = [child(grant, "Grantee"), textAt(grant, "Permission")];
    if (child(who, "EmailAddress") !== undefined) throw notImplemented("grantees by e-mail address");
    const grantee = textAt(who, "ID") ?? textAt(who, "URI");
    if (grantee === undefined || !Object.values(HEADERS).includes(permission ?? "")) throw malformedXml();
    return { grantee, permission: permission ?? "" };
  });
}
