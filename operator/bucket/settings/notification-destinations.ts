import type { NotificationConfiguration } from "@aws-sdk/client-s3";
import { awsErrorKind } from "../../aws/errors.ts";
import { SettingRefused } from "../failure.ts";
import { canonicalEntry, entriesOf, LIST_NAMES, type List } from "./notification-entries.ts";

/** A destination, the action that S3 needs there, and the policy that must allow it. */
export interface Destination {
  arn: string;
  action: string;
  where: string;
}

const MAX_NAMED = 3;

const NEEDS: Record<List, Omit<Destination, "arn">> = {
  queues: { action: "sqs:SendMessage", where: "the queue's policy" },
  topics: { action: "sns:Publish", where: "the topic's policy" },
  lambdaFunctions: { action: "lambda:InvokeFunction", where: "the function's resource policy" },
};

export function destinationsOf(configuration: NotificationConfiguration): Destination[] {
  return LIST_NAMES.flatMap((list) =>
    entriesOf(configuration, list).map((entry) => ({ arn: canonicalEntry(entry).arn ?? "", ...NEEDS[list] })),
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

/** `others`: destinations that S3 accepts; each try sends them a test message. */
export function destinationRefused(
  refused: readonly Destination[],
  others: readonly Destination[],
  bucketArn: string,
): SettingRefused {
  const needs = refused
    .slice(0, MAX_NAMED)
    .map(({ arn, action, where }) => `${arn} (${where} must allow s3.amazonaws.com ${action})`);
  const more = refused.length > MAX_NAMED ? `, and ${refused.length - MAX_NAMED} more` : "";
  const message =
    `S3 cannot send to ${needs.join(", ")}${more}. Each must exist, in the bucket's region, and allow it for aws:SourceArn ${bucketArn}; ` +
    "the policy of a KMS key that encrypts it must allow s3.amazonaws.com kms:GenerateDataKey and kms:Decrypt";
  const refusal = new SettingRefused("DestinationRefused", message, false);
  refusal.isNoticed = others.some(({ arn }) => !arn.includes(":lambda:"));
  return refusal;
}
