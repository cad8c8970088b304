import type { ConditionBlock, Statement } from "../../../aws/policy/document.ts";
import { SID_PREFIX } from "../compose.ts";
import { exemptPrincipals, NOT_A_SERVICE, type PolicyContext, type Template } from "./context.ts";

const ALGORITHM = "s3:x-amz-server-side-encryption";
const KEY = "s3:x-amz-server-side-encryption-aws-kms-key-id";
const CUSTOMER_ALGORITHM = "s3:x-amz-server-side-encryption-customer-algorithm";

/**
 * Denies uploads that request another encryption than the declared one. An upload without encryption headers gets the
 * bucket's default and passes (`Null: false`); one with a KMS algorithm and no key would get the account's `aws/s3`
 * key. Keys are not tested if the spec declares `aws/s3`, whose ARN is unknown.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
 */
export const enforceEncryption: Template = ({ enforceEncryption }, context) => {
  const { sseAlgorithm, kmsKeyArn } = context.encryption;
  if (enforceEncryption !== true || sseAlgorithm === undefined) return [];
  return [
    denyPut(context, "DenyOtherAlgorithm", {
      StringNotEquals: { [ALGORITHM]: sseAlgorithm },
      Null: { [ALGORITHM]: "false" },
    }),
    denyPut(context, "DenyCustomerKey", { Null: { [CUSTOMER_ALGORITHM]: "false" } }),
    ...(kmsKeyArn === undefined ? [] : keyStatements(context, kmsKeyArn)),
  ];
};

function keyStatements(context: PolicyContext, kmsKeyArn: string): Statement[] {
  return [
    denyPut(context, "DenyOtherKey", { StringNotEquals: { [KEY]: kmsKeyArn }, Null: { [KEY]: "false" } }),
    denyPut(context, "DenyNoKey", { Null: { [ALGORITHM]: "false", [KEY]: "true" } }),
  ];
}

function denyPut(context: PolicyContext, name: string, condition: ConditionBlock): Statement {
  return {
    Sid: `${SID_PREFIX}${name}`,
    Effect: "Deny",
    Principal: "*",
    Action: "s3:PutObject",
    Resource: `${context.bucketArn}/*`,
    Condition: {
      ...condition,
      BoolIfExists: NOT_A_SERVICE,
      ArnNotLikeIfExists: { "aws:PrincipalArn": exemptPrincipals(context) },
    },
  };
}
