/** Canned ACLs: https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl */

import { element, type XmlElement } from "../xml.ts";
import { xmlReply, type Subresource } from "./route.ts";

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

export const acl: Subresource = {
  name: "acl",
  level: "bucket",
  query: "acl",
  methods: {
    GET: {
      operation: "GetBucketAcl",
      action: "s3:GetBucketAcl",
      write: false,
      handle: ({ acl, accountId }) => {
        const owner = element("ID", canonicalUserId(accountId));
        const grants = (GRANTS[acl] ?? []).map(([group, permission]) =>
          grant("Group", element("URI", `${GROUPS}${group}`), permission),
        );
        return xmlReply(
          element("AccessControlPolicy", [
            element("Owner", [owner]),
            element("AccessControlList", [grant("CanonicalUser", owner, "FULL_CONTROL"), ...grants]),
          ]),
        );
      },
    },
  },
};

/** The account's canonical user ID: 64 hexadecimal digits. */
export function canonicalUserId(accountId: string): string {
  return accountId.padStart(64, "0");
}

function grant(type: string, who: XmlElement, permission: string): XmlElement {
  const grantee = { ...element("Grantee", [who]), attributes: { "xmlns:xsi": XSI, "xsi:type": type } };
  return element("Grant", [grantee, element("Permission", permission)]);
}
