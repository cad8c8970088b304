/** IAM is one service for all regions of a partition; its requests are signed for one of them. */

import { AwsError } from "../errors.ts";
import type { AwsRequest } from "../http.ts";

/** https://docs.aws.amazon.com/general/latest/gr/iam-service.html */
const PARTITIONS = new Map([
  ["us-east-1", "aws"],
  ["cn-north-1", "aws-cn"],
  ["us-gov-west-1", "aws-us-gov"],
  ["eusc-de-east-1", "aws-eusc"],
]);

/** The partition that a signature's region stands for. */
export function partitionOf(region: string): string {
  return PARTITIONS.get(region) ?? "aws";
}

/** Throws SignatureDoesNotMatch for a request that is signed for another region. */
export function checkRegion({ scope }: AwsRequest): void {
  if (PARTITIONS.has(scope.region)) return;
  const message = `Credential should be scoped to a valid region, not '${scope.region}'.`;
  throw new AwsError(403, "SignatureDoesNotMatch", message);
}
