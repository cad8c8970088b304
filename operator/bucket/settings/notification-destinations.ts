import type { NotificationConfiguration } from "@aws-sdk/client-s3";
import { awsErrorKind } from "../../aws/errors.ts";
import { SettingRefused } from "../failure.ts";

/** What S3 must be allowed to do at a destination, and where that is said. */
export interface Destination {
  arn: string;
  action: string;
  where: string;
}

const MAX_NAMED = 3;

export function destinationsOf(configuration: NotificationConfiguration): Destination[] {
  const { QueueConfigurations = [], TopicConfigurations = [], LambdaFunctionConfigurations = [] } = configuration;
  const destination = (arn: string | undefined, action: string, where: string) => ({ arn: arn ?? "", action, where });
  return [
    ...QueueConfigurations.map(({ QueueArn }) => destination(QueueArn, "sqs:SendMessage", "the queue's policy")),
    ...TopicConfigurations.map(({ TopicArn }) => destination(TopicArn, "sns:Publish", "the topic's policy")),
    ...LambdaFunctionConfigurations.map(({ LambdaFunctionArn }) =>
      destination(LambdaFunctionArn, "lambda:InvokeFunction", "the function's resource policy"),
    ),
  ];
}

/**
 * The destinations of a configuration that S3 refused, by name or else all of them: it sends a test message to each queue and topic before it accepts a
 * configuration, and says which ones failed in fields beside the error's message. Undefined: the error is about something else.
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

/** `others`: those that S3 does not refuse, and which get a test message at each try. */
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
