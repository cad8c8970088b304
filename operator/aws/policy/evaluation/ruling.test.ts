import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { denialOf } from "../../../../test/aws/policy/evaluate.ts";
import type { Statement } from "../document.ts";
import type { PolicyRequest } from "./request.ts";
import { delegates, judge, resourceRulingOf, rulingOf } from "./ruling.ts";

const ACCOUNT = "111122223333";
const ROLE = `arn:aws:iam::${ACCOUNT}:role/s3-operator/app`;
const BUCKET = "arn:aws:s3:::docs";

function request(changes: Partial<PolicyRequest> = {}): PolicyRequest {
  const context = { "aws:SecureTransport": ["true"], "aws:PrincipalArn": [ROLE] };
  return { roleArn: ROLE, action: "s3:GetObject", resource: `${BUCKET}/raw/a`, context, ...changes };
}

const allow: Statement = { Effect: "Allow", Action: "s3:GetObject", Resource: `${BUCKET}/*` };
const deny: Statement = { Effect: "Deny", Action: "s3:*", Resource: "*" };
const identity = (statements: Statement[], asked = request()) => judge(rulingOf({ Statement: statements }, asked));
const resource = (statements: Statement[], asked = request()) =>
  judge(resourceRulingOf({ Statement: statements }, asked));

describe("judging a policy", () => {
  const open = { StringEquals: { "aws:PrincipalOrgID": "o-1" } };
  test.each<[string, Statement[], object]>([
    ["nothing", [], { outcome: "NotAllowed" }],
    ["allowed", [allow], { outcome: "Allowed", by: "#1" }],
    ["a deny overrides an allow", [allow, { ...deny, Sid: "No" }], { outcome: "Denied", by: "No" }],
    ["a deny without an allow", [deny], { outcome: "Denied", by: "#1" }],
    [
      "allowed on an unknown condition",
      [{ ...allow, Condition: open }],
      { outcome: "Depends", keys: ["aws:PrincipalOrgID"] },
    ],
    [
      "denied on an unknown condition",
      [allow, { ...deny, Condition: open }],
      { outcome: "Depends", keys: ["aws:PrincipalOrgID"] },
    ],
    ["denied on an unknown condition, and not allowed", [{ ...deny, Condition: open }], { outcome: "NotAllowed" }],
    [
      "ignores conditions of statements that do not apply",
      [{ ...allow, Action: "s3:PutObject", Condition: open }],
      { outcome: "NotAllowed" },
    ],
    [
      "an unknown operator",
      [{ ...allow, Condition: { DateLessThan: { "aws:CurrentTime": "x" } } }],
      { outcome: "Depends", keys: ["aws:CurrentTime"] },
    ],
    [
      "NotAction and NotResource",
      [{ Effect: "Allow", NotAction: "s3:PutObject", NotResource: `${BUCKET}/b*` }],
      { outcome: "Allowed", by: "#1" },
    ],
  ])("%s", (_case, statements, expected) => {
    expect(identity(statements)).toEqual(expected);
  });
});

describe("principals in a resource's policy", () => {
  test.each<[string, Partial<Statement>, string]>([
    ["all callers", { Principal: "*" }, "Allowed"],
    ["the role", { Principal: { AWS: ["arn:aws:iam::1:role/other", ROLE] } }, "Allowed"],
    ["a session of it", { Principal: { AWS: `arn:aws:sts::${ACCOUNT}:assumed-role/app/pod` } }, "Depends"],
    ["its account, which leaves it to the account", { Principal: { AWS: ACCOUNT } }, "NotAllowed"],
    ["a role that was deleted", { Principal: { AWS: "AROAEXAMPLEEXAMPLE12" } }, "NotAllowed"],
    ["a service", { Principal: { Service: "s3.amazonaws.com" } }, "NotAllowed"],
    ["all but another account", { NotPrincipal: { AWS: "arn:aws:iam::444455556666:root" } }, "Allowed"],
    ["all but the role, by one of three names", { NotPrincipal: { AWS: ROLE } }, "Depends"],
  ])("%s", (_case, principal, outcome) => {
    expect(resource([{ ...allow, ...principal }]).outcome).toBe(outcome);
  });

  test("a deny for the account denies its roles", () => {
    expect(resource([{ ...deny, Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } }]).outcome).toBe("Denied");
  });

  test("an allow for the account delegates", () => {
    const statement: Statement = { ...allow, Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } };
    expect(delegates({ Statement: [statement] }, request())).toBe(true);
    expect(delegates({ Statement: [{ ...statement, Action: "s3:PutObject" }] }, request())).toBe(false);
    expect(delegates({ Statement: [{ ...allow, Principal: "*" }] }, request())).toBe(false);
  });
});

// Any keys and patterns, with all keys known.
test("agrees with an independent evaluator", { timeout: 60_000 }, async () => {
  const text = fc.string({ unit: fc.constantFrom("a", "/", "*", "?", "$"), minLength: 1, maxLength: 5 });
  const pattern = fc
    .array(fc.constantFrom("a", "/", "*", "?", "${*}", "${?}", "${$}", "${aws:PrincipalTag/team}"), {
      minLength: 1,
      maxLength: 5,
    })
    .map((parts) => parts.join(""));
  const operator = fc.constantFrom(
    "StringEquals",
    "StringNotEquals",
    "StringLike",
    "StringNotLike",
    "StringLikeIfExists",
    "StringEqualsIgnoreCase",
    "ForAnyValue:StringLike",
    "ForAllValues:StringEquals",
  );
  const condition = fc.record({
    operator,
    key: fc.constantFrom("s3:prefix", "S3:Prefix", "aws:username"),
    values: fc.array(pattern, { minLength: 1, maxLength: 2 }),
  });
  const statement = fc.record({
    Effect: fc.constantFrom("Allow" as const, "Allow" as const, "Deny" as const),
    Action: fc.constantFrom("s3:ListBucket", "s3:List*", "s3:*", "s3:GetObject"),
    Resource: fc.constantFrom("*", BUCKET, `${BUCKET}/*`),
    condition: fc.option(condition, { nil: undefined }),
  });
  const statements = fc
    .array(statement, { minLength: 1, maxLength: 3 })
    .map((all) =>
      all.map(({ condition: each, ...rest }): Statement =>
        each === undefined ? rest : { ...rest, Condition: { [each.operator]: { [each.key]: each.values } } },
      ),
    );
  await fc.assert(
    fc.asyncProperty(statements, fc.option(text, { nil: undefined }), async (Statement, prefix) => {
      const context = { "aws:PrincipalTag/team": ["a*"], ...(prefix !== undefined && { "s3:prefix": [prefix] }) };
      const asked = request({ action: "s3:ListBucket", resource: BUCKET, context });
      const single = Object.fromEntries(Object.entries(context).map(([key, [value = ""]]) => [key, value]));
      const question = {
        principal: `arn:aws:sts::${ACCOUNT}:assumed-role/app/pod`,
        action: asked.action,
        resource: BUCKET,
        resourceAccount: ACCOUNT,
        context: single,
      };
      const policies = {
        identity: [{ Version: "2012-10-17", Statement }],
        permissionsBoundary: undefined,
        session: undefined,
        resource: undefined,
      };
      const denial = await denialOf(question, policies);
      expect(identity(Statement, asked).outcome === "Allowed", JSON.stringify([Statement, prefix])).toBe(
        denial === undefined,
      );
    }),
    { numRuns: 150 },
  );
});
