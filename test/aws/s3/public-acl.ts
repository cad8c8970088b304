/**
 * Objects that ACLs open: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
 */

import type { Bucket, ObjectVersion, World } from "../state.ts";
import { accountOf } from "../world.ts";
import { ALL_USERS, cannedGrants, isEnforced } from "./acl.ts";
import { isOn } from "./public-access-block.ts";

/** True if an anonymous caller may read the object. */
export function allowsByAcl(world: World, bucket: Bucket, { acl }: ObjectVersion): boolean {
  const { publicAccessBlock } = accountOf(world, bucket.accountId);
  if (isEnforced(bucket) || isOn("IgnorePublicAcls", bucket.publicAccessBlock, publicAccessBlock)) return false;
  return cannedGrants(acl).some(({ grantee, permission }) => grantee === ALL_USERS && permission === "READ");
}
