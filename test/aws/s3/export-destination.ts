/** Destination buckets of inventory and analytics reports. The simulator does not check that they exist. */

import { AwsError } from "../errors.ts";
import { textAt, type XmlElement } from "../xml.ts";
import { malformedXml } from "./route.ts";

/** Throws unless Bucket is a bucket ARN, Format is one of `formats` and the account, if given, is an account ID. */
export function checkExportDestination(
  destination: XmlElement | undefined,
  formats: string[],
  accountElement: "AccountId" | "BucketAccountId",
): void {
  const [bucket, format] = [textAt(destination, "Bucket"), textAt(destination, "Format")];
  if (bucket === undefined || !formats.includes(format ?? "")) throw malformedXml();
  if (!/^\d{12}$/.test(textAt(destination, accountElement) ?? "0".repeat(12))) throw malformedXml();
  if (/^arn:aws:s3:[^:]*:[^:]+:/.test(bucket)) throw invalidDestination("Bucket ARN should not specify a namespace.");
  if (!/^arn:aws:s3:::[a-z0-9.-]{3,63}$/.test(bucket)) throw invalidDestination("Invalid bucket ARN.");
}

function invalidDestination(message: string): AwsError {
  return new AwsError(400, "InvalidS3DestinationBucket", message);
}
