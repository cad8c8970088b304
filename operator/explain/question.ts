import { ALLOWED_ACTIONS } from "../access/policy/grants.ts";
import { resourceOf } from "../aws/policy/actions.ts";
import type { PolicyRequest } from "../aws/policy/evaluation/request.ts";
import type { Findings } from "./findings.ts";

/** Whether a session of a role may send one request to S3. */
export interface Question {
  roleArn: string;
  bucket: { name: string; arn: string; region: string; accountId: string };
  /** IAM action of S3. */
  action: string;
  /** Only for an action on objects. */
  key: string | undefined;
  /** Only for a list. Undefined: no prefix. */
  prefix: string | undefined;
  /** Id of the endpoint through which the request comes; "none"; undefined: unknown. */
  vpcEndpoint: string | undefined;
}

/** Objects are the resource of the action. */
export function isOnObjects(action: string): boolean {
  return resourceOf(action) === "Object";
}

/** See {@link Findings.foreign}. `accountId`: account of the credentials. */
export function foreignSide({ roleArn, bucket }: Question, accountId: string): Findings["foreign"] {
  if (accountOf(roleArn) === bucket.accountId) return undefined;
  return accountId === bucket.accountId ? "Role" : "Bucket";
}

export function accountOf(roleArn: string): string {
  return roleArn.split(":")[4] ?? "";
}

/** The request as a current SDK sends it: signed by headers, without optional headers. */
export function s3Request(question: Question): PolicyRequest {
  const { roleArn, bucket, action, key, prefix } = question;
  const resource = isOnObjects(action) ? `${bucket.arn}/${key}` : bucket.arn;
  const listed = prefix === undefined ? {} : { "s3:prefix": [prefix] };
  return { roleArn, action, resource, context: { ...commonContext(question), "s3:TlsVersion": ["1.3"], ...listed } };
}

/**
 * The request that S3 sends to KMS on behalf of the role.
 * @param bucketKeyEnabled the encryption context is then the bucket, otherwise the object
 */
export function kmsRequest(
  question: Question,
  action: string,
  keyArn: string,
  bucketKeyEnabled: boolean,
  dnsSuffix: string,
): PolicyRequest {
  const { roleArn, bucket, key } = question;
  const context = {
    ...commonContext(question),
    "aws:ViaAWSService": ["true"],
    "kms:ViaService": [`s3.${bucket.region}.${dnsSuffix}`],
    "kms:CallerAccount": [accountOf(roleArn)],
    "kms:EncryptionContext:aws:s3:arn": [bucketKeyEnabled ? bucket.arn : `${bucket.arn}/${key}`],
    "kms:EncryptionContextKeys": ["aws:s3:arn"],
    "kms:GrantIsForAWSResource": [],
  };
  return { roleArn, action, resource: keyArn, context };
}

/**
 * The KMS action that S3 calls for an action of S3, if any:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
 */
export function kmsActionOf(action: string): string | undefined {
  return ALLOWED_ACTIONS.find((allowance) => allowance.action === action)?.kms;
}

function commonContext({ roleArn, bucket, vpcEndpoint }: Question): PolicyRequest["context"] {
  return {
    "aws:PrincipalArn": [roleArn],
    "aws:PrincipalAccount": [accountOf(roleArn)],
    "aws:PrincipalType": ["AssumedRole"],
    "aws:PrincipalIsAWSService": ["false"],
    "aws:ViaAWSService": ["false"],
    "aws:SecureTransport": ["true"],
    "aws:ResourceAccount": [bucket.accountId],
    ...(vpcEndpoint !== undefined && { "aws:SourceVpce": vpcEndpoint === "none" ? [] : [vpcEndpoint] }),
    ...(vpcEndpoint === "none" && { "aws:SourceVpc": [], "aws:VpcSourceIp": [] }),
  };
}
