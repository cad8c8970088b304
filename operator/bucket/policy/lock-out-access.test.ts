/** Compares the guard against locking the operator out with an independent IAM evaluator. */

import fc from "fast-check";
import { expect, test } from "vitest";
import { deniedAction } from "../../aws/policy/lock-out.ts";
import { CONFIGURATION_ACTIONS } from "../iam-actions.ts";
import { userStatement } from "./templates/user-statement.ts";
import { ACCOUNT, BUCKET_ARN, OPERATOR_ARN } from "./testing/context.ts";
import { operator, verdict } from "./testing/requests.ts";

const OTHER_ACCOUNT = "444455556666";

const name = fc.constantFrom(
  "*",
  ACCOUNT,
  OTHER_ACCOUNT,
  `arn:aws:iam::${ACCOUNT}:root`,
  `arn:aws:iam::${ACCOUNT}:role/team/operator`,
  `arn:aws:iam::${ACCOUNT}:role/other`,
  OPERATOR_ARN,
);
const names = fc
  .uniqueArray(name, { minLength: 1, maxLength: 3 })
  .map((aws) => ({ aws: aws.includes("*") ? ["*"] : aws }));
const actions = fc.uniqueArray(
  fc.constantFrom("*", "s3:*", "s3:Get*", "S3:putbucketpolicy", "s3:PutObject", "s3:DeleteBucket", "s3:List*"),
  { minLength: 1, maxLength: 3 },
);
const resources = fc.uniqueArray(fc.constantFrom("{bucket}", "{bucket}/*", "{bucket}/a/*"), { minLength: 1 });
const conditions = fc.record({
  operator: fc.constantFrom("ArnEquals", "ArnNotEquals", "StringLike", "StringNotEqualsIfExists"),
  key: fc.constant("aws:PrincipalArn"),
  values: fc.uniqueArray(
    fc.constantFrom(`arn:aws:iam::${ACCOUNT}:role/team/operator`, `arn:aws:iam::${ACCOUNT}:role/other`),
    { minLength: 1 },
  ),
});
/** Denials with conditions only on the caller, which the guard decides. */
const denial = fc
  .record({
    whom: fc.oneof(
      fc.record({ principals: names }),
      fc.record({ notPrincipals: names.filter(({ aws }) => !aws.includes("*")) }),
    ),
    what: fc.oneof(fc.record({ actions }), fc.record({ notActions: actions })),
    where: fc.oneof(fc.record({ resources }), fc.record({ notResources: resources }), fc.constant({})),
    when: fc.oneof(fc.constant({}), fc.record({ conditions: fc.tuple(conditions) })),
  })
  .map(({ whom, what, where, when }) =>
    userStatement({ sid: "X", effect: "Deny", ...whom, ...what, ...where, ...when }, BUCKET_ARN),
  );

test("the guard refuses a user's statement only if it denies the operator", async () => {
  const caller = operator();
  const known = { callerArn: OPERATOR_ARN, actions: CONFIGURATION_ACTIONS };
  await fc.assert(
    fc.asyncProperty(denial, fc.constantFrom(...CONFIGURATION_ACTIONS), async (statement, other) => {
      const denied = deniedAction(statement, BUCKET_ARN, known);
      // The guard is stricter than the evaluator: according to AWS, NotPrincipal must name account and session too.
      fc.pre(denied === undefined || statement.NotPrincipal === undefined);
      const action = denied ?? other;
      const expected = denied === undefined ? "Allowed" : "ExplicitlyDenied";
      expect(await verdict([statement], caller, action, undefined), action).toBe(expected);
    }),
    { numRuns: 200 },
  );
});
