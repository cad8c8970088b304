import type { PolicyContext } from "../templates/index.ts";

export const ACCOUNT = "111122223333";
export const BUCKET_ARN = "arn:aws:s3:::docs";
export const KEY_ARN = `arn:aws:kms:eu-central-1:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
export const OPERATOR_ARN = `arn:aws:sts::${ACCOUNT}:assumed-role/operator/s3-operator`;
/** Principals that no generated Deny may match. */
export const EXEMPT = [
  `arn:aws:iam::${ACCOUNT}:root`,
  `arn:aws:iam::${ACCOUNT}:role/operator`,
  `arn:aws:iam::${ACCOUNT}:role/*/operator`,
];

/** Default: an adopted bucket with nothing declared. The operator is the role `operator`. */
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
