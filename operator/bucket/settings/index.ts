import { abac } from "./abac.ts";
import { accelerate } from "./accelerate.ts";
import { analytics } from "./analytics.ts";
import { cors } from "./cors.ts";
import { encryption } from "./encryption.ts";
import { intelligentTiering } from "./intelligent-tiering.ts";
import { inventory } from "./inventory.ts";
import { lifecycle } from "./lifecycle.ts";
import { logging } from "./logging.ts";
import { metrics } from "./metrics.ts";
import { notifications } from "./notifications.ts";
import { objectLock } from "./object-lock.ts";
import { objectOwnership } from "./object-ownership.ts";
import { policy } from "./policy.ts";
import { publicAccessBlock } from "./public-access-block.ts";
import { replication } from "./replication.ts";
import { requestPayment } from "./request-payment.ts";
import type { Setting } from "./setting.ts";
import { tags } from "./tags.ts";
import { versioning } from "./versioning.ts";
import { website } from "./website.ts";

/**
 * All bucket settings in write order: tags claim the bucket; Block Public Access goes before the policy that it checks,
 * versioning before object lock and replication, tags before ABAC.
 */
export const SETTINGS: readonly Setting[] = [
  tags,
  publicAccessBlock,
  objectOwnership,
  encryption,
  versioning,
  objectLock,
  policy,
  replication,
  logging,
  notifications,
  lifecycle,
  intelligentTiering,
  cors,
  inventory,
  metrics,
  analytics,
  accelerate,
  requestPayment,
  website,
  abac,
];
