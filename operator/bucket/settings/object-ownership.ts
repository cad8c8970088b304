import {
  GetBucketOwnershipControlsCommand,
  PutBucketOwnershipControlsCommand,
  type ObjectOwnership,
} from "@aws-sdk/client-s3";
import { compare } from "../../reconcile/change.ts";
import { unlessAbsent } from "../subresource.ts";
import { publicAccessAsk } from "./asks.ts";
import { defineSetting } from "./setting.ts";

const DEFAULT = "BucketOwnerEnforced" satisfies ObjectOwnership;

/**
 * Observed undefined: no controls, as on buckets from before April 2023.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
 */
export const objectOwnership = defineSetting<ObjectOwnership, ObjectOwnership | undefined>({
  name: "objectOwnership",
  iamActions: { read: ["s3:GetBucketOwnershipControls"], write: ["s3:PutBucketOwnershipControls"] },
  inBaseline: true,

  desired: (spec, { baseline }) => spec.objectOwnership ?? (baseline ? DEFAULT : undefined),

  observe: async ({ s3, ref, options }) => {
    const answer = await unlessAbsent(s3.send(new GetBucketOwnershipControlsCommand(ref), options));
    return answer?.OwnershipControls?.Rules?.[0]?.ObjectOwnership;
  },

  diff: (desired, observed) => compare("", desired, observed),

  write: async ({ s3, ref, options }, desired) => {
    const OwnershipControls = { Rules: [{ ObjectOwnership: desired }] };
    await s3.send(new PutBucketOwnershipControlsCommand({ ...ref, OwnershipControls }), options);
  },

  reset: (observed) => (observed === DEFAULT ? undefined : DEFAULT),

  toSpec: (observed) => {
    if (observed === undefined) return { omitted: ["the bucket has no ownership controls, which means ObjectWriter"] };
    return observed === DEFAULT ? {} : { spec: { objectOwnership: observed } };
  },

  // ACLs may allow public access, unless the switches about them are declared.
  asks: ({ objectOwnership = DEFAULT, publicAccessBlock = {}, baseline }) => {
    const areDeclared =
      publicAccessBlock.blockPublicAcls !== undefined && publicAccessBlock.ignorePublicAcls !== undefined;
    return objectOwnership === DEFAULT || areDeclared || baseline === "Secure"
      ? []
      : [publicAccessAsk("spec.objectOwnership", "set spec.publicAccessBlock too, or BucketOwnerEnforced here")];
  },
});
