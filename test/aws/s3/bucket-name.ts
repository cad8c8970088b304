/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */

import { isIPv4 } from "node:net";
import { AwsError } from "../errors.ts";

const SHAPE = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const RESERVED_PREFIXES = ["xn--", "sthree-", "amzn-s3-demo-"];
/** The last one is that of account regional namespaces, whose buckets the simulator does not create. */
const RESERVED_SUFFIXES = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3", "-an"];

/** Throws 400 InvalidBucketName. */
export function checkBucketName(name: string): void {
  const valid =
    SHAPE.test(name) &&
    !name.includes("..") &&
    !isIPv4(name) &&
    !RESERVED_PREFIXES.some((prefix) => name.startsWith(prefix)) &&
    !RESERVED_SUFFIXES.some((suffix) => name.endsWith(suffix));
  if (valid) return;
  const details = { BucketName: name };
  throw new AwsError(400, "InvalidBucketName", "The specified bucket is not valid.", { details });
}
