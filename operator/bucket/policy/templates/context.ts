import type { Policy } from "../../../api/types.ts";
import { rootArn } from "../../../aws/arn.ts";
import { principalArns } from "../../../aws/policy/caller.ts";
import type { Statement } from "../../../aws/policy/document.ts";

export interface PolicyContext {
  baseline: boolean;
  bucketArn: string;
  /** The bucket's account. */
  accountId: string;
  partition: string;
  /** From sts:GetCallerIdentity. */
  callerArn: string;
  /** The declared default encryption. */
  encryption: { sseAlgorithm?: string; kmsKeyArn?: string };
}

/** The statements for one part of `spec.policy`; none where the spec does not set it. Pure. */
export type Template = (spec: Policy, context: PolicyContext) => Statement[];

/** Returns a new list each time. */
export function bucketAndObjects(bucketArn: string): string[] {
  return [bucketArn, `${bucketArn}/*`];
}

/** For `BoolIfExists` in every Deny: exempts requests of AWS services for themselves, such as log delivery. */
export const NOT_A_SERVICE = { "aws:PrincipalIsAWSService": "false" } as const;

/** For `ArnNotLikeIfExists` in every Deny: the operator, to remove it, and the root user as the last resort. */
export function exemptPrincipals({ partition, accountId, callerArn }: PolicyContext): string[] {
  return [...new Set([rootArn(partition, accountId), ...principalArns(callerArn)])];
}
