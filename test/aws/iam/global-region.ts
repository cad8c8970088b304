/** IAM is a global service: its requests are signed for one region of the partition. */

import { AwsError } from "../errors.ts";
import type { AwsRequest } from "../http.ts";

/** https://docs.aws.amazon.com/general/latest/gr/iam-service.html */
const PARTITIONS = new Map([
  ["us-east-1", "aws"],
  ["cn-north-1", "aws-cn"],
  ["us-gov-west-1", "aws-us-gov"],
  ["eusc-de-east-1", "aws-eusc"],
]);

/** The partition of the region in the signature. */
export function partitionOf(region: string): string {
  return PARTITIONS.get(region) ?? "aws";
}

/** Throws SignatureDoesNotMatch if the request is signed for another region. */
export function checkRegion({ scope }: AwsRequest): void {
  if (PARTITIONS.has(scope.region)) return;
  const message = `Credential should be scoped to a valid region, not '${scope.region}'.`;
  throw new AwsError(403, "SignatureDoesNotMatch", message);
}
