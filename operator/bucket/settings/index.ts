import { cors } from "./cors.ts";
import { encryption } from "./encryption.ts";
import { lifecycle } from "./lifecycle.ts";
import { objectOwnership } from "./object-ownership.ts";
import { policy } from "./policy.ts";
import { publicAccessBlock } from "./public-access-block.ts";
import type { Setting } from "./setting.ts";
import { tags } from "./tags.ts";
import { versioning } from "./versioning.ts";

/**
 * Every bucket setting, in the order in which they are written: first the tags, which claim the bucket;
 * public access is tightened before the policy that it judges.
 */
export const SETTINGS: readonly Setting[] = [
  tags,
  publicAccessBlock,
  objectOwnership,
  encryption,
  versioning,
  policy,
  lifecycle,
  cors,
];
