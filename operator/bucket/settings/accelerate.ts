import {
  GetBucketAccelerateConfigurationCommand,
  PutBucketAccelerateConfigurationCommand,
  type BucketAccelerateStatus,
} from "@aws-sdk/client-s3";
import { compare } from "../../reconcile/change.ts";
import { unlessUnsupported } from "../subresource.ts";
import { defineSetting } from "./setting.ts";

const DEFAULT = "Suspended" satisfies BucketAccelerateStatus;

/** Never enabled, or unsupported in the region, counts as suspended. */
export const accelerate = defineSetting<BucketAccelerateStatus, BucketAccelerateStatus>({
  name: "accelerate",
  iamActions: { read: ["s3:GetAccelerateConfiguration"], write: ["s3:PutAccelerateConfiguration"] },

  desired: (spec) => spec.accelerate,

  observe: async ({ s3, ref, options }) => {
    const answer = await unlessUnsupported(s3.send(new GetBucketAccelerateConfigurationCommand(ref), options));
    return answer?.Status ?? DEFAULT;
  },

  diff: (desired, observed) => compare("", desired, observed),

  write: async ({ s3, ref, options }, desired) => {
    const AccelerateConfiguration = { Status: desired };
    await s3.send(new PutBucketAccelerateConfigurationCommand({ ...ref, AccelerateConfiguration }), options);
  },

  reset: (observed) => (observed === DEFAULT ? undefined : DEFAULT),

  toSpec: (observed) => (observed === DEFAULT ? {} : { spec: { accelerate: observed } }),
});
