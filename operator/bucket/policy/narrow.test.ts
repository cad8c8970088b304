import { describe, expect, test } from "vitest";
import type { Statement } from "../../aws/policy/document.ts";
import { narrowed } from "./narrow.ts";

const ROLE = "arn:aws:iam::111122223333:role/app";
const OTHER_ROLE = "arn:aws:iam::111122223333:role/other";
const BUCKET = "arn:aws:s3:::docs";

function statement(changes: Partial<Statement> = {}): Statement {
  return {
    Sid: "S3OperatorAccessReader",
    Effect: "Allow",
    Principal: { AWS: [ROLE] },
    Action: ["s3:GetObject"],
    Resource: [`${BUCKET}/raw/*`],
    ...changes,
  };
}

/** The statements that stay of `observed`; "all" if it needs no write. */
function rest(observed: Statement, wanted: Statement): readonly Statement[] | "all" {
  return narrowed({ Statement: [observed] }, [wanted], [])?.Statement ?? "all";
}

const equals = (...values: string[]) => ({ StringEquals: { "aws:PrincipalTag/team": values } });
const like = (...values: string[]) => ({ StringLike: { "s3:prefix": values } });

describe("what is still asked for of a statement that is too wide stands in its place", () => {
  test.each<[string, Partial<Statement>, Partial<Statement>]>([
    ["a principal fewer", { Principal: { AWS: [ROLE, OTHER_ROLE] } }, {}],
    ["an action fewer", { Action: ["s3:GetObject", "s3:PutObject"] }, {}],
    ["a resource fewer", { Resource: [`${BUCKET}/raw/*`, `${BUCKET}/other/*`] }, {}],
    ["a longer prefix", { Resource: [`${BUCKET}/*`] }, {}],
    ["a condition more", {}, { Condition: like("raw/*") }],
    ["a longer pattern of a condition", { Condition: like("*") }, { Condition: like("raw/*") }],
    ["a value of a condition fewer", { Condition: equals("a", "b") }, { Condition: equals("b") }],
  ])("%s", (_case, wide, narrow) => {
    expect(rest(statement(wide), statement(narrow))).toEqual([statement(narrow)]);
  });
});

describe("what the present statement does not allow has to wait for the write of the policy", () => {
  test.each<[string, Partial<Statement>, Partial<Statement>]>([
    ["another principal", { Principal: { AWS: [OTHER_ROLE] } }, {}],
    ["another kind of principal", { Principal: { Service: [ROLE] } }, {}],
    ["another action", { Action: ["s3:PutObject"] }, {}],
    ["another prefix", { Resource: [`${BUCKET}/other/*`] }, {}],
    ["a pattern as long as its value", { Resource: [`${BUCKET}/raw`] }, {}],
    ["another value of a condition", { Condition: equals("a") }, { Condition: equals("b") }],
    ["a pattern where values are compared", { Condition: equals("*") }, { Condition: equals("b") }],
    ["another key of a condition", { Condition: like("raw/*") }, { Condition: equals("raw/*") }],
    ["another operator", { Condition: like("raw/*") }, { Condition: { StringEquals: { "s3:prefix": "raw/*" } } }],
    ["another effect", { Effect: "Deny" }, {}],
    ["all principals but one", { Principal: undefined, NotPrincipal: { AWS: [OTHER_ROLE] } } as never, {}],
  ])("%s", (_case, observed, wanted) => {
    const changed = { ...statement(observed), Sid: "S3OperatorAccessOld" };
    expect(rest(changed, statement(wanted))).toEqual([]);
  });
});

test("a present statement stays if a wider one is asked for", () => {
  expect(rest(statement({ Condition: like("raw/*") }), statement())).toBe("all");
  expect(rest(statement({ Resource: [`${BUCKET}/raw/a/*`] }), statement())).toBe("all");
});

test("nothing changes where all is still asked for, or another owner's or paused", () => {
  expect(rest(statement(), statement())).toBe("all");
  const gone = statement({ Sid: "Terraform" });
  expect(narrowed({ Statement: [gone] }, [], [])).toBeUndefined();
  expect(narrowed({ Statement: [statement()] }, [], [statement().Sid ?? ""])).toBeUndefined();
});
