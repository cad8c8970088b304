import { expect, test } from "vitest";
import type { Statement } from "../../aws/policy/document.ts";
import { joinStatements } from "./join.ts";

test("a statement without conditions stays without, and another one keeps them", () => {
  const statements: Statement[] = [
    { Effect: "Allow", Action: "s3:GetObject", Resource: "a" },
    { Effect: "Allow", Action: "s3:ListBucket", Resource: "b", Condition: { StringLike: { "s3:prefix": "c" } } },
  ];
  expect(joinStatements(statements)).toEqual(statements);
});
