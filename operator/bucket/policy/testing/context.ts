import type { PolicyContext } from "../templates/index.ts";

export const ACCOUNT = "111122223333";
export const BUCKET_ARN = "arn:aws:s3:::docs";
export const KEY_ARN = `arn:aws:kms:eu-central-1:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
/** As STS says. */
export const OPERATOR_ARN = `arn:aws:sts::${ACCOUNT}:assumed-role/operator/s3-operator`;
/** Whom no generated Deny may hit. */
export const EXEMPT = [
  `arn:aws:iam::${ACCOUNT}:root`,
  `arn:aws:iam::${ACCOUNT}:role/operator`,
  `arn:aws:iam::${ACCOUNT}:role/*/operator`,
];

/** Of an adopted bucket with nothing declared, unless told otherwise; the operator is the role `operator`. */
export function policyContextWith(overrides: Partial<PolicyContext> = {}): PolicyContext {
  return {
    baseline: false,
    bucketArn: BUCKET_ARN,
    accountId: ACCOUNT,
    partition: "aws",
    callerArn: OPERATOR_ARN,
    encryption: {},
    ...overrides,
  };
}
