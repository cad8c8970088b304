import {
  GetPublicAccessBlockCommand,
  PutPublicAccessBlockCommand,
  type PublicAccessBlockConfiguration,
} from "@aws-sdk/client-s3";
import type { S3BucketSpec } from "../../api/types.ts";
import { compare, type Change } from "../../reconcile/change.ts";
import { unlessAbsent } from "../subresource.ts";
import { publicAccessAsk } from "./asks.ts";
import { carryOver } from "./carry-over.ts";
import { fromS3, toS3 } from "./field-names.ts";
import { defineSetting } from "./setting.ts";
import { omittedFields, type ExportedSetting } from "./to-spec.ts";

type Switches = Required<NonNullable<S3BucketSpec["publicAccessBlock"]>>;

const ALL_ON: Switches = {
  blockPublicAcls: true,
  ignorePublicAcls: true,
  blockPublicPolicy: true,
  restrictPublicBuckets: true,
};

const NAMES = Object.keys(ALL_ON) as (keyof Switches)[];

/** Fields that a spec can express. */
const FIELDS = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"];

/** A switch that S3 does not return is off. */
function switches(observed: PublicAccessBlockConfiguration): Switches {
  const found = Object.entries(fromS3(observed, NAMES)).map(([name, isOn]) => [name, isOn ?? false]);
  return Object.fromEntries(found) as Switches;
}

/** Switches that are absent stay as they are. */
function diff(desired: Partial<Switches>, observed: PublicAccessBlockConfiguration): Change[] {
  const found = switches(observed);
  return NAMES.flatMap((name) => (desired[name] === undefined ? [] : compare(name, desired[name], found[name])));
}

function toSpec(observed: PublicAccessBlockConfiguration): ExportedSetting {
  const omitted = omittedFields(observed, FIELDS);
  const isDefault = diff(ALL_ON, observed).length === 0;
  return isDefault ? { omitted } : { spec: { publicAccessBlock: switches(observed) }, omitted };
}

/**
 * New buckets have all four on.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
 */
export const publicAccessBlock = defineSetting<Partial<Switches>, PublicAccessBlockConfiguration>({
  name: "publicAccessBlock",
  iamActions: { read: ["s3:GetBucketPublicAccessBlock"], write: ["s3:PutBucketPublicAccessBlock"] },
  inBaseline: true,

  desired: ({ publicAccessBlock }, { baseline }) =>
    baseline ? { ...ALL_ON, ...publicAccessBlock } : publicAccessBlock,

  observe: async ({ s3, ref, options }) => {
    const answer = await unlessAbsent(s3.send(new GetPublicAccessBlockCommand(ref), options));
    return answer?.PublicAccessBlockConfiguration ?? {};
  },

  diff,

  write: async ({ s3, ref, options }, desired, observed) => {
    // All four: S3 turns off each one that a Put omits.
    const all = toS3({ ...switches(observed), ...desired }, NAMES);
    const PublicAccessBlockConfiguration = carryOver(all, observed, FIELDS);
    await s3.send(new PutPublicAccessBlockCommand({ ...ref, PublicAccessBlockConfiguration }), options);
  },

  reset: (observed) => (diff(ALL_ON, observed).length > 0 ? ALL_ON : undefined),

  toSpec,

  asks: ({ publicAccessBlock }) =>
    NAMES.filter((name) => publicAccessBlock?.[name] === false).map((name) =>
      publicAccessAsk(`spec.publicAccessBlock.${name}`, "set it to true"),
    ),
});
