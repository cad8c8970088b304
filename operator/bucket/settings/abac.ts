import { GetBucketAbacCommand, PutBucketAbacCommand, type BucketAbacStatus } from "@aws-sdk/client-s3";
import { compare } from "../../reconcile/change.ts";
import { SettingRefused } from "../failure.ts";
import { unlessUnsupported } from "../subresource.ts";
import { defineSetting } from "./setting.ts";

const DEFAULT = "Disabled" satisfies BucketAbacStatus;

/** Observed undefined: S3 in this region does not support it. */
export const abac = defineSetting<BucketAbacStatus, BucketAbacStatus | undefined>({
  name: "abac",
  iamActions: { read: ["s3:GetBucketABAC"], write: ["s3:PutBucketABAC"] },

  desired: (spec) => spec.abac,

  observe: async ({ s3, ref, options }) => {
    const answer = await unlessUnsupported(s3.send(new GetBucketAbacCommand(ref), options));
    return answer && (answer.AbacStatus?.Status ?? DEFAULT);
  },

  diff: (desired, observed) => compare("", desired, observed ?? DEFAULT),

  write: async ({ s3, ref, options, region }, desired, observed) => {
    if (observed === undefined) {
      const message = `S3 in ${region} does not support ABAC for buckets: remove spec.abac, or set it to ${DEFAULT}`;
      throw new SettingRefused("ABACNotSupported", message);
    }
    await s3.send(new PutBucketAbacCommand({ ...ref, AbacStatus: { Status: desired } }), options);
  },

  reset: (observed) => (observed === "Enabled" ? DEFAULT : undefined),

  toSpec: (observed) => (observed === "Enabled" ? { spec: { abac: observed } } : {}),
});
