import { expect, test } from "vitest";
import type { Statement } from "../../aws/policy/document.ts";
import { compose, foreignStatements, isOurs } from "./compose.ts";

function statement(Sid?: string, Effect: Statement["Effect"] = "Allow"): Statement {
  return { ...(Sid !== undefined && { Sid }), Effect };
}

test.each([
  ["S3OperatorDenyOldTLS", true],
  ["S3OperatorSpecRead", true],
  ["S3Operator", true],
  ["s3OperatorX", false],
  ["XS3Operator", false],
  ["", false],
  [undefined, false],
])("a statement with Sid %j is ours: %s", (sid, ours) => {
  expect(isOurs(statement(sid))).toBe(ours);
});

test("names statements of others the same in any order", () => {
  const [ours, theirs, empty] = [statement("S3OperatorA"), statement("Theirs"), statement("")];
  const [allow, deny] = [statement(), statement(undefined, "Deny")];
  const named = [
    { name: "#1", statement: empty },
    { name: "#2", statement: allow },
    { name: "#3", statement: deny },
    { name: "Theirs", statement: theirs },
  ];
  expect(foreignStatements([ours, allow, theirs, deny, empty])).toEqual(named);
  expect(foreignStatements([deny, theirs, empty, ours, allow])).toEqual(named);
});

test("Keep: statements of others stay unchanged and in order, former ones of ours are removed", () => {
  const [theirs, nameless] = [statement("Theirs"), statement()];
  const observed = [statement("S3OperatorOld"), theirs, statement("S3OperatorA", "Deny"), nameless];
  const ours = [statement("S3OperatorA")];
  const composed = compose(observed, ours, "Keep");
  expect(composed).toEqual([theirs, nameless, ...ours]);
  expect(composed[0]).toBe(theirs);
});

test("Remove: only ours remain", () => {
  expect(compose([statement("Theirs"), statement()], [statement("S3OperatorA")], "Remove")).toEqual([
    statement("S3OperatorA"),
  ]);
});

test("composing is idempotent", () => {
  const ours = [statement("S3OperatorA"), statement("S3OperatorB")];
  const once = compose([statement("Theirs"), statement("S3OperatorA", "Deny")], ours, "Keep");
  expect(compose(once, ours, "Keep")).toEqual(once);
});
