import type { Policy } from "../../../api/types.ts";
import type { ConditionBlock, Statement } from "../../../aws/policy/document.ts";
import { SID_PREFIX } from "../compose.ts";
import type { PolicyContext, Template } from "./context.ts";

type Delivery = NonNullable<Policy["logDelivery"]>[number];

/** How one AWS service writes logs, according to its documentation. */
interface LogService {
  /** Part of the Sids. */
  name: string;
  /** Key patterns below a prefix, for one account. */
  keys: (account: string) => string[];
  /** The service sends `aws:SourceAccount`. */
  sendsAccount?: true;
  /** Pattern of `aws:SourceArn`; absent where the account does not determine it. */
  sourceArn?: (partition: string, account: string) => string;
  /** Writes only to buckets whose default encryption is SSE-S3. */
  needsSseS3?: true;
  /** Read before it writes. A service that reads also sends the ACL `bucket-owner-full-control`. */
  reads?: string[];
}

const SERVICES: Record<Delivery["service"], LogService> = {
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html#grant-log-delivery-permissions-general
  "logging.s3.amazonaws.com": { name: "S3", keys: () => ["*"], sendsAccount: true, needsSseS3: true },
  // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
  "logdelivery.elasticloadbalancing.amazonaws.com": {
    name: "ElasticLoadBalancing",
    keys: (account) => [`AWSLogs/${account}/*`],
    sourceArn: (partition, account) => `arn:${partition}:elasticloadbalancing:*:${account}:loadbalancer/*`,
    needsSseS3: true,
  },
  // https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
  "cloudtrail.amazonaws.com": {
    name: "CloudTrail",
    keys: (account) => [`AWSLogs/${account}/*`],
    sourceArn: (partition, account) => `arn:${partition}:cloudtrail:*:${account}:trail/*`,
    reads: ["s3:GetBucketAcl"],
  },
  // https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-permissions.html
  // The second pattern is for Hive-compatible keys.
  "delivery.logs.amazonaws.com": {
    name: "Logs",
    keys: (account) => [`AWSLogs/${account}/*`, `AWSLogs/aws-account-id=${account}/*`],
    sendsAccount: true,
    sourceArn: (partition, account) => `arn:${partition}:logs:*:${account}:*`,
    reads: ["s3:GetBucketAcl", "s3:ListBucket"],
  },
  // https://docs.aws.amazon.com/config/latest/developerguide/s3-bucket-policy.html
  "config.amazonaws.com": {
    name: "Config",
    keys: (account) => [`AWSLogs/${account}/Config/*`],
    sendsAccount: true,
    reads: ["s3:GetBucketAcl", "s3:ListBucket"],
  },
};

/** Whether logs of a service arrive only with SSE-S3, so that the bucket cannot have KMS as its default encryption. */
export function needsSseS3({ logDelivery = [] }: Policy): boolean {
  return logDelivery.some(({ service }) => SERVICES[service].needsSseS3);
}

/** Allows AWS services to write logs, each only below its prefixes and only on behalf of the named accounts or ARNs. */
export const logDelivery: Template = ({ logDelivery = [] }, context) =>
  logDelivery.flatMap((delivery) => delivered(delivery, context));

function delivered(delivery: Delivery, context: PolicyContext): Statement[] {
  const { name, keys, reads } = SERVICES[delivery.service];
  const { bucketArn } = context;
  const { prefixes = [""], sourceAccounts = [context.accountId] } = delivery;
  const condition = sourceCondition(delivery, sourceAccounts, context);
  const allow = { Effect: "Allow", Principal: { Service: delivery.service } } as const;
  const write: Statement = {
    Sid: `${SID_PREFIX}Allow${name}Write`,
    ...allow,
    Action: "s3:PutObject",
    Resource: unique(
      prefixes.flatMap((prefix) => sourceAccounts.flatMap(keys).map((key) => `${bucketArn}/${prefix}${key}`)),
    ),
    Condition: condition,
  };
  if (reads === undefined) return [write];
  const owned = { ...condition["StringEquals"], "s3:x-amz-acl": "bucket-owner-full-control" };
  return [
    { ...write, Condition: { ...condition, StringEquals: owned } },
    { Sid: `${SID_PREFIX}Allow${name}Look`, ...allow, Action: [...reads], Resource: bucketArn, Condition: condition },
  ];
}

/** Prevents the confused deputy problem: https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html */
function sourceCondition(
  { service, sourceArns }: Delivery,
  accounts: string[],
  { partition }: PolicyContext,
): ConditionBlock {
  const { sendsAccount, sourceArn } = SERVICES[service];
  const arns = sourceArns ?? (sourceArn && accounts.map((account) => sourceArn(partition, account)));
  return {
    ...(sendsAccount && { StringEquals: { "aws:SourceAccount": accounts } }),
    ...(arns && { ArnLike: { "aws:SourceArn": arns } }),
  };
}

function unique(values: string[]): string[] {
  return [...new Set(values)];
}
