import type { Policy } from "../../../api/types.ts";
import { principalArns, rootArn } from "../../../aws/policy/caller.ts";
import type { Statement } from "../../../aws/policy/document.ts";

/** Input of templates besides `spec.policy`. */
export interface PolicyContext {
  baseline: boolean;
  bucketArn: string;
  /** The bucket's account. */
  accountId: string;
  partition: string;
  /** The operator's ARN, from STS. */
  callerArn: string;
  /** The declared default encryption. */
  encryption: { sseAlgorithm?: string; kmsKeyArn?: string };
}

/** Converts a part of `spec.policy` to statements, or none. Pure. */
export type Template = (spec: Policy, context: PolicyContext) => Statement[];

/** The bucket and all its objects. */
export function bucketAndObjects(bucketArn: string): string[] {
  return [bucketArn, `${bucketArn}/*`];
}

/** Exempts AWS services that act on their own. As `BoolIfExists`, because anonymous requests lack the key. */
export const NOT_A_SERVICE = { "aws:PrincipalIsAWSService": "false" } as const;

/** Exempt from every Deny, as `ArnNotLikeIfExists`: the operator, which must be able to lift it, and the root user. */
export function exemptPrincipals({ partition, accountId, callerArn }: PolicyContext): string[] {
  return [...new Set([rootArn(partition, accountId), ...principalArns(callerArn)])];
}
