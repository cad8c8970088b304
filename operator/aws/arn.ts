import { partition } from "@aws-sdk/core/client";

/**
 * `region` and `accountId` are "" where the service has none.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
 */
export interface Arn {
  partition: string;
  service: string;
  region: string;
  /** 12 digits, or "aws" for resources that AWS owns. */
  accountId: string;
  /** Everything after the fifth colon. */
  resource: string;
}

const ARN = /^arn:(aws(?:-[a-z]+)*):([a-z0-9-]+):([a-z0-9-]*):(\d{12}|aws|):(\S+)$/;

/** Undefined if the text is not an ARN. */
export function parseArn(arn: string): Arn | undefined {
  const parts = ARN.exec(arn);
  if (parts === null) return undefined;
  const [, partition = "", service = "", region = "", accountId = "", resource = ""] = parts;
  return { partition, service, region, accountId, resource };
}

/** From the SDK's table and patterns; "aws" for an unknown region. */
export function partitionOf(region: string): string {
  return partition(region).name;
}

/** https://docs.aws.amazon.com/general/latest/gr/iam-service.html */
const IAM_REGIONS: Readonly<Record<string, string>> = {
  aws: "us-east-1",
  "aws-cn": "cn-north-1",
  "aws-us-gov": "us-gov-west-1",
};

/** The region of IAM for all regions of a partition. */
export function iamRegion(region: string): string {
  return IAM_REGIONS[partitionOf(region)] ?? region;
}

/** Domain of the region's services: "amazonaws.com", "amazonaws.com.cn", "amazonaws.eu" and so on. */
export function dnsSuffix(region: string): string {
  return partition(region).dnsSuffix;
}

export function bucketArn(partition: string, name: string): string {
  return `arn:${partition}:s3:::${name}`;
}

export function rootArn(partition: string, accountId: string): string {
  return `arn:${partition}:iam::${accountId}:root`;
}

/** @param path begins and ends with "/" */
export function roleArnOf(partition: string, accountId: string, path: string, name: string): string {
  return `arn:${partition}:iam::${accountId}:role${path}${name}`;
}

export function clusterArn(partition: string, region: string, accountId: string, clusterName: string): string {
  return `arn:${partition}:eks:${region}:${accountId}:cluster/${clusterName}`;
}

/** @param key id, alias with its "alias/", or ARN, which is returned as it is */
export function keyArnOf({ partition, region, accountId }: Omit<Arn, "service" | "resource">, key: string): string {
  if (key.startsWith("arn:")) return key;
  return `arn:${partition}:kms:${region}:${accountId}:${key.startsWith("alias/") ? key : `key/${key}`}`;
}
