import type { NotificationConfiguration } from "@aws-sdk/client-s3";
import { awsErrorKind } from "../../aws/errors.ts";
import { SettingRefused } from "../failure.ts";
import { canonicalEntry, entriesOf, entryId, LIST_NAMES, type List } from "./notification-entries.ts";

/** The destination of an entry, the action that S3 needs there, and the policy that must allow it. */
export interface Destination {
  arn: string;
  /** See {@link entryId}. */
  entry: string;
  action: string;
  where: string;
}

const MAX_NAMED = 3;

const NEEDS: Record<List, Pick<Destination, "action" | "where">> = {
  queues: { action: "sqs:SendMessage", where: "the queue's policy" },
  topics: { action: "sns:Publish", where: "the topic's policy" },
  lambdaFunctions: { action: "lambda:InvokeFunction", where: "the function's resource policy" },
};

export function destinationsOf(configuration: NotificationConfiguration): Destination[] {
  return LIST_NAMES.flatMap((list) =>
    entriesOf(configuration, list).map((entry) => {
      return { arn: canonicalEntry(entry).arn ?? "", entry: entryId(list, entry), ...NEEDS[list] };
    }),
  );
}

/**
 * The destinations that S3 refused. S3 sends a test message to each queue and topic before it accepts a configuration,
 * and names those that failed in fields of the error; if it names none, all count. Undefined for any other error.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html
 */
export function refusedDestinations(
  error: unknown,
  configuration: NotificationConfiguration,
): Destination[] | undefined {
  if (awsErrorKind(error) !== "Invalid" || !(error instanceof Error)) return undefined;
  if (!/destination configuration/i.test(error.message)) return undefined;
  const text = [error.message, ...Object.values(error)].filter((value) => typeof value === "string").join(" ");
  const all = destinationsOf(configuration);
  const named = all.filter(({ arn }) => text.includes(arn));
  return named.length > 0 ? named : all;
}

/** Destinations of a configuration that S3 refused. */
interface Refused {
  /** Those of the spec that S3 cannot reach. */
  ours: readonly Destination[];
  /** Those of other writers that S3 cannot reach. */
  theirs: readonly Destination[];
  /** All others; each try sends them a test message. */
  others: readonly Destination[];
}

export function destinationRefused({ ours, theirs, others }: Refused, bucketArn: string): SettingRefused {
  const unmanaged =
    `S3 cannot send to ${listed(theirs, ({ arn, entry }) => `${arn} of configuration '${entry}'`)}, not in the spec: ` +
    "remove what another tool left at AWS, or set spec.notifications.unmanagedConfigurations to Remove";
  const needs = listed(ours, ({ arn, action, where }) => `${arn} (${where} must allow s3.amazonaws.com ${action})`);
  const managed =
    `S3 cannot send to ${needs}. Each must exist, in the bucket's region, and allow it for aws:SourceArn ${bucketArn}; ` +
    "the policy of a KMS key that encrypts it must allow s3.amazonaws.com kms:GenerateDataKey and kms:Decrypt";
  const message = [...(ours.length > 0 ? [managed] : []), ...(theirs.length > 0 ? [unmanaged] : [])].join(". ");
  const refusal = new SettingRefused("DestinationRefused", message, false);
  refusal.isNoticed = others.some(({ arn }) => !arn.includes(":lambda:"));
  return refusal;
}

function listed(destinations: readonly Destination[], describe: (destination: Destination) => string): string {
  const more = destinations.length > MAX_NAMED ? `, and ${destinations.length - MAX_NAMED} more` : "";
  return destinations.slice(0, MAX_NAMED).map(describe).join(", ") + more;
}
