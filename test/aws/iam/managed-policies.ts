/** Managed policies: the account's own, and a few AWS managed policies. */

import type { Account } from "../state.ts";

export const ADMINISTRATOR_ACCESS = "arn:aws:iam::aws:policy/AdministratorAccess";

const allow = (...Action: string[]) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource: "*" }] });

/** https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html */
const OF_AWS = new Map([
  [ADMINISTRATOR_ACCESS, allow("*")],
  ["arn:aws:iam::aws:policy/AmazonS3FullAccess", allow("s3:*", "s3-object-lambda:*")],
  [
    "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
    allow("s3:Get*", "s3:List*", "s3:Describe*", "s3-object-lambda:Get*", "s3-object-lambda:List*"),
  ],
]);

/** JSON of the policy; undefined if this account cannot attach it. */
export function findManagedPolicy(account: Account, arn: string): string | undefined {
  return OF_AWS.get(arn) ?? account.managedPolicies.get(arn);
}
