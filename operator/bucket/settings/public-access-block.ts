import {
  GetPublicAccessBlockCommand,
  type PublicAccessBlockConfiguration,
  PutPublicAccessBlockCommand,
} from "@aws-sdk/client-s3";
import type { S3BucketSpec } from "../../api/types.ts";
import { carryOver } from "./carry-over.ts";
import { type ExportedSetting, omittedFields } from "./to-spec.ts";
import { defineSetting } from "./setting.ts";
import { unlessAbsent } from "../subresource.ts";
import { type Change, compare } from "../../reconcile/change.ts";

type Switches = NonNullable<S3BucketSpec["publicAccessBlock"]>;

const ALL_ON: Switches = {
  blockPublicAcls: true,
  ignorePublicAcls: true,
  blockPublicPolicy: true,
  restrictPublicBuckets: true,
};

/** A switch that S3 does not mention is off; so are all four of a bucket without a configuration. */
function switches(observed: PublicAccessBlockConfiguration): Switches {
  return {
    blockPublicAcls: observed.BlockPublicAcls ?? false,
    ignorePublicAcls: observed.IgnorePublicAcls ?? false,
    blockPublicPolicy: observed.BlockPublicPolicy ?? false,
    restrictPublicBuckets: observed.RestrictPublicBuckets ?? false,
  };
}

function diff(desired: Switches, observed: PublicAccessBlockConfiguration): Change[] {
  const [names, found] = [Object.keys(ALL_ON) as (keyof Switches)[], switches(observed)];
  return names.flatMap((name) => compare(name, desired[name], found[name]));
}

/** All that a spec can say of it. */
const FIELDS = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"];

function toSpec(observed: PublicAccessBlockConfiguration): ExportedSetting {
  const omitted = omittedFields(observed, FIELDS);
  const isDefault = diff(ALL_ON, observed).length === 0;
  return {
    ...(!isDefault && { spec: { publicAccessBlock: switches(observed) } }),
    ...(omitted.length > 0 && { omitted }),
  };
}

/** S3's default for new buckets is all on: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html */
export const publicAccessBlock = defineSetting<Switches, PublicAccessBlockConfiguration>({
  name: "publicAccessBlock",
  iamActions: { read: ["s3:GetBucketPublicAccessBlock"], write: ["s3:PutBucketPublicAccessBlock"] },
  inBaseline: true,

  desired: (spec, { baseline }) => spec.publicAccessBlock ?? (baseline ? ALL_ON : undefined),

  observe: async ({ s3, ref, options }) => {
    const answer = await unlessAbsent(s3.send(new GetPublicAccessBlockCommand(ref), options));
    return answer?.PublicAccessBlockConfiguration ?? {};
  },

  diff,

  write: async ({ s3, ref, options }, desired, observed) => {
    // All four: a Put turns off each one that it leaves out.
    const switches = {
      BlockPublicAcls: desired.blockPublicAcls,
      IgnorePublicAcls: desired.ignorePublicAcls,
      BlockPublicPolicy: desired.blockPublicPolicy,
      RestrictPublicBuckets: desired.restrictPublicBuckets,
    };
    const PublicAccessBlockConfiguration = carryOver(switches, observed, FIELDS);
    await s3.send(new PutPublicAccessBlockCommand({ ...ref, PublicAccessBlockConfiguration }), options);
  },

  reset: (observed) => (diff(ALL_ON, observed).length > 0 ? ALL_ON : undefined),

  toSpec,
});
