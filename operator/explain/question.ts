import { KMS_ACTIONS } from "../access/policy/grants.ts";
import type { PolicyRequest } from "../aws/policy/evaluation/request.ts";

/** A request to S3 by the session of a role. */
export interface Question {
  roleArn: string;
  bucket: { name: string; arn: string; region: string; accountId: string };
  /** IAM action of S3. */
  action: string;
  /** Of the object, for an action on objects. */
  key: string | undefined;
  /** That a list asks for; undefined: none. */
  prefix: string | undefined;
  /** Through which it comes; "none": through none; undefined: not known. */
  vpcEndpoint: string | undefined;
}

/** Whether an IAM action of S3 is about an object, and not about its bucket: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html */
export function isOnObjects(action: string): boolean {
  return /Object|MultipartUpload/.test(action) && !action.includes("Bucket");
}

export function isForeign({ roleArn, bucket }: Question): boolean {
  return accountOf(roleArn) !== bucket.accountId;
}

export function accountOf(roleArn: string): string {
  return roleArn.split(":")[4] ?? "";
}

/** What is asked of S3, as policies see it: by an SDK of today, signed by headers, and without any header that is not needed. */
export function s3Request(question: Question): PolicyRequest {
  const { roleArn, bucket, action, key, prefix } = question;
  const resource = isOnObjects(action) ? `${bucket.arn}/${key}` : bucket.arn;
  const listed = prefix === undefined ? {} : { "s3:prefix": [prefix] };
  return { roleArn, action, resource, context: { ...commonContext(question), "s3:TlsVersion": ["1.3"], ...listed } };
}

/**
 * What S3 then asks of KMS in the role's name.
 * @param bucketKeyEnabled with an S3 Bucket Key the encryption context is the bucket, else the object
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

/** What S3 calls at KMS with the bucket's key; undefined: nothing. https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html */
export function kmsActionOf(action: string): string | undefined {
  return action === "s3:GetObjectVersion" ? "kms:Decrypt" : KMS_ACTIONS[action];
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
