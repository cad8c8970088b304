import type { Policy } from "../../../api/types.ts";
import { rootArn } from "../../../aws/arn.ts";
import { principalArns } from "../../../aws/policy/caller.ts";
import type { Statement } from "../../../aws/policy/document.ts";

/** What templates need to know besides `spec.policy`. */
export interface PolicyContext {
  baseline: boolean;
  bucketArn: string;
  /** Of the bucket. */
  accountId: string;
  partition: string;
  /** Who the operator is at AWS, as STS says. */
  callerArn: string;
  /** How objects are encrypted by default, as far as that is declared. */
  encryption: { sseAlgorithm?: string; kmsKeyArn?: string };
}

/** A part of `spec.policy` as statements: its own, or none where the spec does not ask for it. Pure; the same statements for the same spec. */
export type Template = (spec: Policy, context: PolicyContext) => Statement[];

/** A bucket and all that is in it, a new list each time. */
export function bucketAndObjects(bucketArn: string): string[] {
  return [bucketArn, `${bucketArn}/*`];
}

/** Exempts what AWS services do by themselves, such as delivering logs: goes into every Deny, as `BoolIfExists`, since anonymous requests lack the key. */
export const NOT_A_SERVICE = { "aws:PrincipalIsAWSService": "false" } as const;

/** Whom no Deny may hit, as `ArnNotLikeIfExists`: the operator, which must be able to lift it, and the account's root, the last resort. */
export function exemptPrincipals({ partition, accountId, callerArn }: PolicyContext): string[] {
  return [...new Set([rootArn(partition, accountId), ...principalArns(callerArn)])];
}
