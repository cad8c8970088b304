/**
 * Destinations of notifications: queues, topics and functions. S3 validates that they exist and let it deliver.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html
 */

import { AwsError } from "../errors.ts";
import type { World } from "../state.ts";
import { textAt, type XmlElement } from "../xml.ts";
import { invalidArgument, malformedXml } from "./route.ts";

interface DestinationKind {
  /** Element that holds the ARN. */
  element: "Queue" | "Topic" | "CloudFunction";
  service: string;
}

const KINDS: Record<string, DestinationKind> = {
  QueueConfiguration: { element: "Queue", service: "sqs" },
  TopicConfiguration: { element: "Topic", service: "sns" },
  CloudFunctionConfiguration: { element: "CloudFunction", service: "lambda" },
};

/** True for elements with a destination, which EventBridgeConfiguration does not have. */
export function isTargeted({ name }: XmlElement): boolean {
  return KINDS[name] !== undefined;
}

/** Throws for ARNs of other services or regions, and for FIFO queues and topics. */
export function checkTargets(configurations: XmlElement[], region: string): void {
  for (const configuration of configurations) {
    const { kind, arn } = targetOf(configuration);
    const [, service, arnRegion, , name = ""] = /^arn:aws:([^:]*):([^:]*):(\d{12}):(.+)$/.exec(arn) ?? [];
    if (service !== kind.service) throw invalidArgument("The ARN could not be parsed", kind.element, arn);
    if (arnRegion !== region) {
      const message = "The notification destination service region is not valid for the bucket location constraint";
      throw invalidArgument(message, kind.element, arn);
    }
    if (name.endsWith(".fifo")) throw unableToValidate([[arn, "FIFO queues and topics are not supported"]]);
  }
}

/** Throws one error for all destinations that do not exist or do not let S3 deliver. */
export function checkDestinations(configurations: XmlElement[], world: World): void {
  const problems = configurations.flatMap((configuration) => {
    const { kind, arn } = targetOf(configuration);
    const state = world.accounts.get(arn.split(":")[4] ?? "")?.notificationDestinations.get(arn);
    return state === "Allowed" ? [] : [problem(kind, arn, state === undefined)];
  });
  if (problems.length > 0) throw unableToValidate(problems);
}

function targetOf(configuration: XmlElement): { kind: DestinationKind; arn: string } {
  const kind = KINDS[configuration.name];
  const arn = kind && textAt(configuration, kind.element);
  if (kind === undefined || arn === undefined) throw malformedXml();
  return { kind, arn };
}

/** The argument in the error. For functions S3 does not tell whether they exist. */
function problem({ element }: DestinationKind, arn: string, missing: boolean): [name: string, value: string] {
  if (element === "CloudFunction") return [`${arn}, null`, `Not authorized to invoke function [${arn}]`];
  const noun = element.toLowerCase();
  if (missing) return [arn, `The destination ${noun} does not exist`];
  return [arn, `Permissions on the destination ${noun} do not allow S3 to publish notifications from this bucket`];
}

function unableToValidate(problems: [name: string, value: string][]): AwsError {
  const details = problems.flatMap(([name, value], index) => [
    [`ArgumentName${index + 1}`, name],
    [`ArgumentValue${index + 1}`, value],
  ]);
  const message = "Unable to validate the following destination configurations";
  return new AwsError(400, "InvalidArgument", message, {
    details: Object.fromEntries(details) as Record<string, string>,
  });
}
