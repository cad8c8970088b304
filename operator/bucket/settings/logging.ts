import {
  GetBucketLoggingCommand,
  PutBucketLoggingCommand,
  type LoggingEnabled,
  type TargetObjectKeyFormat,
} from "@aws-sdk/client-s3";
import type { S3BucketSpec } from "../../api/types.ts";
import { compare, type Change } from "../../reconcile/change.ts";
import { SettingRefused } from "../failure.ts";
import { destinationAsk } from "./asks.ts";
import { carryOver } from "./carry-over.ts";
import { defineSetting, type SettingContext } from "./setting.ts";
import { omittedFields, stated, type ExportedSetting } from "./to-spec.ts";

/** Without a target, S3 writes no logs. */
type Logging = Partial<LoggingEnabled>;

function desired({ logging }: S3BucketSpec): Logging | undefined {
  if (logging === undefined) return undefined;
  const { targetBucket, targetPrefix = "", targetObjectKeyFormat } = logging;
  const source = targetObjectKeyFormat?.partitionedPrefix?.partitionDateSource;
  return {
    TargetBucket: targetBucket,
    TargetPrefix: targetPrefix,
    TargetObjectKeyFormat:
      source === undefined ? { SimplePrefix: {} } : { PartitionedPrefix: { PartitionDateSource: source } },
  };
}

/** S3 omits its default format. */
function canonicalFormat({ PartitionedPrefix }: TargetObjectKeyFormat = {}): string {
  return PartitionedPrefix === undefined
    ? "simplePrefix"
    : `partitionedPrefix ${PartitionedPrefix.PartitionDateSource}`;
}

function diff(desired: Logging, observed: Logging): Change[] {
  const target = compare("targetBucket", desired.TargetBucket, observed.TargetBucket);
  if (desired.TargetBucket === undefined || observed.TargetBucket === undefined) return target;
  const [wanted, found] = [desired.TargetObjectKeyFormat, observed.TargetObjectKeyFormat];
  return [
    ...target,
    ...compare("targetPrefix", desired.TargetPrefix ?? "", observed.TargetPrefix ?? ""),
    ...compare("targetObjectKeyFormat", canonicalFormat(wanted), canonicalFormat(found)),
  ];
}

/** Paths that a spec can express. */
const FIELDS = ["TargetBucket", "TargetPrefix"].concat(
  ["SimplePrefix", "PartitionedPrefix", "PartitionedPrefix.PartitionDateSource"].map(
    (field) => `TargetObjectKeyFormat.${field}`,
  ),
);

/** Keeps grants only for the same target. */
function merge(desired: Logging, { TargetGrants, ...observed }: Logging): Logging {
  const isSame = observed.TargetBucket === desired.TargetBucket;
  return carryOver(desired, isSame ? { ...observed, TargetGrants } : observed, FIELDS);
}

function toSpec(observed: Logging, { bucket }: SettingContext): ExportedSetting {
  const { TargetBucket, TargetPrefix, TargetObjectKeyFormat } = observed;
  if (TargetBucket === undefined) return {};
  if (TargetBucket === bucket.name && !TargetPrefix) {
    return { omitted: ["the bucket logs to itself without a prefix, which a spec may not ask for"] };
  }
  const partitionDateSource = TargetObjectKeyFormat?.PartitionedPrefix?.PartitionDateSource;
  const logging = stated<NonNullable<S3BucketSpec["logging"]>>({
    targetBucket: TargetBucket,
    targetPrefix: TargetPrefix || undefined,
    targetObjectKeyFormat: partitionDateSource && { partitionedPrefix: { partitionDateSource } },
  });
  const omitted = omittedFields(observed, FIELDS);
  return { spec: { logging }, ...(omitted.length > 0 && { omitted }) };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLogging.html */
export const logging = defineSetting<Logging, Logging>({
  name: "logging",
  iamActions: { read: ["s3:GetBucketLogging"], write: ["s3:PutBucketLogging"] },

  desired,

  observe: async ({ s3, ref, options }) =>
    (await s3.send(new GetBucketLoggingCommand(ref), options)).LoggingEnabled ?? {},

  diff,

  write: async ({ s3, ref, options, name }, desired, observed) => {
    if (desired.TargetBucket === name && desired.TargetPrefix === "") {
      // The CRD can check this only if the spec names the bucket.
      const message = `Bucket '${name}' would log to itself: set spec.logging.targetPrefix, to separate logs from objects`;
      throw new SettingRefused("LoggingToItself", message);
    }
    const LoggingEnabled = merge(desired, observed) as LoggingEnabled;
    const BucketLoggingStatus = desired.TargetBucket === undefined ? {} : { LoggingEnabled };
    await s3.send(new PutBucketLoggingCommand({ ...ref, BucketLoggingStatus }), options);
  },

  reset: (observed) => (observed.TargetBucket === undefined ? undefined : {}),

  toSpec,

  asks: ({ logging }) =>
    logging === undefined ? [] : [destinationAsk("spec.logging.targetBucket", logging.targetBucket)],
});
