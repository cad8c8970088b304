import {
  type BucketVersioningStatus,
  GetBucketVersioningCommand,
  PutBucketVersioningCommand,
} from "@aws-sdk/client-s3";
import { compare, defineSetting } from "./setting.ts";

/**
 * Undefined observed: never enabled, which no call can bring back.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketVersioning.html
 */
export const versioning = defineSetting<BucketVersioningStatus, BucketVersioningStatus | undefined>({
  name: "versioning",
  permissions: { read: ["s3:GetBucketVersioning"], write: ["s3:PutBucketVersioning"] },

  desired: (spec) => spec.versioning,

  observe: async ({ s3, ref, options }) => (await s3.send(new GetBucketVersioningCommand(ref), options)).Status,

  diff: (desired, observed) => compare("", desired, observed),

  write: async ({ s3, ref, options }, desired) => {
    await s3.send(new PutBucketVersioningCommand({ ...ref, VersioningConfiguration: { Status: desired } }), options);
  },

  reset: (observed) => (observed === "Enabled" ? "Suspended" : undefined),
});
