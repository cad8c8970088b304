import type { Policy } from "../../../api/types.ts";
import { SID_PREFIX } from "../compose.ts";
import type { Condition, Statement } from "../../../aws/policy/document.ts";
import type { PolicyContext, Template } from "./context.ts";

type Delivery = NonNullable<Policy["logDelivery"]>[number];

/** How one AWS service delivers logs. */
interface LogService {
  /** Part of the Sid. */
  name: string;
  /** Keys that it writes for one account, below a prefix. */
  keys: (account: string) => string[];
  /** It sends `aws:SourceAccount`. */
  sendsAccount?: true;
  /** ARN pattern of the source resource; absent if the account does not determine it. */
  sourceArn?: (partition: string, account: string) => string;
  /** Actions that it calls before it writes. Such services write with the ACL `bucket-owner-full-control`. */
  looks?: string[];
}

const SERVICES: Record<Delivery["service"], LogService> = {
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html#grant-log-delivery-permissions-general
  "logging.s3.amazonaws.com": { name: "S3", keys: () => ["*"], sendsAccount: true },
  // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
  "logdelivery.elasticloadbalancing.amazonaws.com": {
    name: "ElasticLoadBalancing",
    keys: (account) => [`AWSLogs/${account}/*`],
    sourceArn: (partition, account) => `arn:${partition}:elasticloadbalancing:*:${account}:loadbalancer/*`,
  },
  // https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
  "cloudtrail.amazonaws.com": {
    name: "CloudTrail",
    keys: (account) => [`AWSLogs/${account}/*`],
    sourceArn: (partition, account) => `arn:${partition}:cloudtrail:*:${account}:trail/*`,
    looks: ["s3:GetBucketAcl"],
  },
  // The second form is for Hive-compatible keys:
  // https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-permissions.html
  "delivery.logs.amazonaws.com": {
    name: "Logs",
    keys: (account) => [`AWSLogs/${account}/*`, `AWSLogs/aws-account-id=${account}/*`],
    sendsAccount: true,
    sourceArn: (partition, account) => `arn:${partition}:logs:*:${account}:*`,
    looks: ["s3:GetBucketAcl", "s3:ListBucket"],
  },
  // https://docs.aws.amazon.com/config/latest/developerguide/s3-bucket-policy.html
  "config.amazonaws.com": {
    name: "Config",
    keys: (account) => [`AWSLogs/${account}/Config/*`],
    sendsAccount: true,
    looks: ["s3:GetBucketAcl", "s3:ListBucket"],
  },
};

/** Lets AWS services deliver logs, each only below its prefixes, for the named accounts or source ARNs. */
export const logDelivery: Template = ({ logDelivery = [] }, context) =>
  logDelivery.flatMap((delivery) => delivered(delivery, context));

function delivered(delivery: Delivery, context: PolicyContext): Statement[] {
  const { name, keys, looks } = SERVICES[delivery.service];
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
  if (looks === undefined) return [write];
  const owned = { ...condition["StringEquals"], "s3:x-amz-acl": "bucket-owner-full-control" };
  return [
    { ...write, Condition: { ...condition, StringEquals: owned } },
    { Sid: `${SID_PREFIX}Allow${name}Look`, ...allow, Action: [...looks], Resource: bucketArn, Condition: condition },
  ];
}

/** Prevents the confused deputy: https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html */
function sourceCondition(
  { service, sourceArns }: Delivery,
  accounts: string[],
  { partition }: PolicyContext,
): Condition {
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
