import { abac } from "./abac.ts";
import { accelerate } from "./accelerate.ts";
import { objectAcl } from "./acl.ts";
import { analytics } from "./analytics.ts";
import { bucketAcl } from "./bucket-acl.ts";
import { bucket } from "./bucket.ts";
import { buckets } from "./buckets.ts";
import { cors } from "./cors.ts";
import { deleteObjects } from "./delete-objects.ts";
import { encryption } from "./encryption.ts";
import { intelligentTiering } from "./intelligent-tiering.ts";
import { inventory } from "./inventory.ts";
import { legalHold } from "./legal-hold.ts";
import { lifecycle } from "./lifecycle.ts";
import { listObjects } from "./list-objects.ts";
import { listVersions } from "./list-versions.ts";
import { location } from "./location.ts";
import { logging } from "./logging.ts";
import { metrics } from "./metrics.ts";
import { notifications } from "./notifications.ts";
import { objectAttributes } from "./object-attributes.ts";
import { objectLock } from "./object-lock.ts";
import { objectTagging } from "./object-tags.ts";
import { object } from "./object.ts";
import { ownershipControls } from "./ownership-controls.ts";
import { policyStatus } from "./policy-status.ts";
import { policy } from "./policy.ts";
import { publicAccessBlock } from "./public-access-block.ts";
import { replication } from "./replication.ts";
import { requestPayment } from "./request-payment.ts";
import { restore } from "./restore.ts";
import { retention } from "./retention.ts";
import type { Subresource } from "./route.ts";
import { tagging } from "./tagging.ts";
import { upload } from "./upload.ts";
import { createUpload, listUploads } from "./uploads.ts";
import { versioning } from "./versioning.ts";
import { website } from "./website.ts";

/** All S3 subresources of the simulator. A new one needs a file and a line here. */
export const SUBRESOURCES: Subresource[] = [
  buckets,
  bucket,
  location,
  publicAccessBlock,
  ownershipControls,
  encryption,
  versioning,
  lifecycle,
  cors,
  policy,
  policyStatus,
  tagging,
  abac,
  bucketAcl,
  objectLock,
  logging,
  notifications,
  replication,
  accelerate,
  requestPayment,
  website,
  intelligentTiering,
  metrics,
  inventory,
  analytics,
  listObjects,
  listVersions,
  deleteObjects,
  listUploads,
  object,
  objectTagging,
  objectAcl,
  objectAttributes,
  restore,
  retention,
  legalHold,
  createUpload,
  upload,
];
