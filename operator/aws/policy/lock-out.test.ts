import { describe, expect, test } from "vitest";
import type { Statement } from "./document.ts";
import { deniedAction } from "./lock-out.ts";

const BUCKET = "arn:aws:s3:::docs";
const ROLE = "arn:aws:iam::111122223333:role/operator";
const SESSION = "arn:aws:sts::111122223333:assumed-role/operator/s3-operator";
const OTHER = "arn:aws:iam::111122223333:role/other";
const DENY_ALL: Statement = { Effect: "Deny", Principal: "*", Action: "s3:*", Resource: [BUCKET, `${BUCKET}/*`] };
const actions = ["s3:GetBucketPolicy", "s3:PutBucketPolicy"];

function denied({ Principal, ...changes }: Partial<Statement>, callerArn = SESSION): string | undefined {
  const principal = "NotPrincipal" in changes ? {} : { Principal: Principal ?? "*" };
  const { Principal: _, ...rest } = DENY_ALL;
  return deniedAction({ ...rest, ...principal, ...changes }, BUCKET, { callerArn, actions });
}

function aws(...AWS: string[]): { AWS: string[] } {
  return { AWS };
}

function principalTest(operator: string, ...values: string[]): Partial<Statement> {
  return { Condition: { [operator]: { "aws:PrincipalArn": values } } };
}

describe("locks the operator out", () => {
  test.each<[string, Partial<Statement>]>([
    ["all actions, all principals", {}],
    ["all principals in a list", { Principal: aws("*") }],
    ["its account", { Principal: aws("111122223333") }],
    ["its account by the root's ARN", { Principal: aws("arn:aws:iam::111122223333:root") }],
    ["its role", { Principal: aws(OTHER, ROLE) }],
    [
      "its role with a path, which its session ARN lacks",
      { Principal: aws("arn:aws:iam::111122223333:role/a/b/operator") },
    ],
    ["its session", { Principal: aws(SESSION) }],
    ["a unique ID, which may be its own", { Principal: aws("AROACKCEVSQ6C2EXAMPLE") }],
    ["a canonical user, which may be its account", { Principal: { CanonicalUser: "0".repeat(64) } }],
    ["all but another", { NotPrincipal: aws(OTHER) }],
    ["all but its role, without its session", { NotPrincipal: aws("111122223333", ROLE) }],
    ["all but a service", { NotPrincipal: { Service: "logging.s3.amazonaws.com" } }],
    ["one action", { Action: "S3:putbucketpolicy" }],
    ["a pattern of actions", { Action: ["s3:GetObject", "s3:*Policy"] }],
    ["all actions but one", { Action: undefined as never, NotAction: ["s3:GetBucketPolicy"] }],
    ["only the bucket", { Resource: BUCKET }],
    ["a pattern of buckets", { Resource: "arn:aws:s3:::d*" }],
    ["all resources but objects", { Resource: undefined as never, NotResource: [`${BUCKET}/*`] }],
    ["an empty condition", { Condition: {} }],
    ["all but other roles", principalTest("ArnNotEquals", OTHER)],
    ["all but other roles, by pattern operators", principalTest("stringNotLikeIfExists", OTHER, "arn:aws:iam::1:root")],
    ["all but a role of another name, with any path", principalTest("ArnNotLike", OTHER, OTHER.replace("/", "/*/"))],
    ["all but another account's roles", principalTest("ArnNotLike", "arn:aws:iam::444455556666:role/*")],
    ["only its role", principalTest("ArnLike", OTHER, ROLE)],
    ["any principal", principalTest("StringLike", "*")],
  ])("%s", (_case, changes) => {
    expect(denied(changes)).toBeOneOf(actions);
  });

  test("returns the action", () => {
    expect(denied({ Action: "s3:Put*" })).toBe("s3:PutBucketPolicy");
    expect(denied({ Action: undefined as never, NotAction: "s3:GetBucketPolicy" })).toBe("s3:PutBucketPolicy");
  });

  test("if the operator is a user", () => {
    const user = "arn:aws:iam::111122223333:user/op";
    expect(denied({ Principal: aws(user) }, user)).toBeDefined();
    expect(denied({ NotPrincipal: aws("111122223333", user) }, user)).toBeUndefined();
    expect(denied(principalTest("ArnNotLike", ROLE, ROLE.replace("/", "/*/")), user)).toBeDefined();
    expect(denied(principalTest("ArnNotLike", "arn:aws:iam::111122223333:user/*"), user)).toBeUndefined();
  });
});

describe("does not lock the operator out", () => {
  test.each<[string, Partial<Statement>]>([
    ["an Allow", { Effect: "Allow" }],
    ["another role", { Principal: aws(OTHER) }],
    ["a role whose name ends like its own", { Principal: aws("arn:aws:iam::111122223333:role/my-operator") }],
    ["another account", { Principal: aws("444455556666") }],
    ["the same role of another account", { Principal: aws("arn:aws:iam::444455556666:role/operator") }],
    ["a service", { Principal: { Service: "logging.s3.amazonaws.com" } }],
    ["all but the operator", { NotPrincipal: aws("111122223333", ROLE, SESSION) }],
    ["actions on objects", { Action: ["s3:GetObject", "s3:DeleteObject*"] }],
    ["the deletion of the bucket, which is not a configuration action", { Action: "s3:DeleteBucket" }],
    ["objects", { Resource: `${BUCKET}/*` }],
    ["all but the bucket", { Resource: undefined as never, NotResource: BUCKET }],
    ["a condition on the request", { Condition: { Bool: { "aws:SecureTransport": "false" } } }],
    [
      "two tests, one of them on the request",
      {
        Condition: { ArnNotEquals: { "aws:PrincipalArn": OTHER }, Bool: { "aws:SecureTransport": "false" } },
      },
    ],
    ["all but its role", principalTest("ArnNotEquals", OTHER, ROLE)],
    [
      "all but a pattern that its role may match with an unknown path",
      principalTest("ArnNotLike", "arn:aws:iam::111122223333:role/team/*"),
    ],
    ["all but its role with any path", principalTest("ArnNotLike", ROLE.replace("/", "/*/"))],
    ["all but a pattern of names", principalTest("StringNotLike", "*oper?tor", OTHER)],
    ["all but any principal", principalTest("StringNotLike", "*")],
    ["all but a variable", principalTest("StringNotEquals", "${aws:PrincipalTag/a}")],
    ["only another role", principalTest("ArnLike", OTHER)],
    ["an operator of another kind", principalTest("ForAllValues:StringNotEquals", OTHER)],
  ])("%s", (_case, changes) => {
    expect(denied(changes)).toBeUndefined();
  });
});
