import { expect, test } from "vitest";
import { policyBytes, type PolicyDocument, type Statement } from "../../aws/policy/document.ts";
import { fitting } from "./fit.ts";

const MAX = 1_000;

function statement(Sid: string, length = 200): Statement {
  return { Sid, Effect: "Allow", Action: "s3:GetObject", Resource: "x".repeat(length) };
}

function document(...Statement: Statement[]): PolicyDocument {
  return { Version: "2012-10-17", Statement };
}

test("keeps a policy that fits unchanged", () => {
  const whole = document(statement("Own"), statement("S3OperatorAccessAn1"));
  expect(fitting(whole, document(), MAX)).toBe(whole);
});

test("keeps all other statements, then those of BucketAccesses that fit, existing ones first", () => {
  const [own, big] = [statement("Own"), statement("S3OperatorAccessAn1", 900)];
  const [late, there, more] = ["B", "C", "D"].map((name) => statement(`S3OperatorAccess${name}n1`, 160));
  if (late === undefined || there === undefined || more === undefined) throw new Error("Not so many");
  const fit = fitting(document(big, late, own, there, more), document({ ...there, Action: ["s3:getobject"] }), MAX);
  expect(fit).toEqual(document(own, there, late));
  expect(policyBytes(fit)).toBeLessThanOrEqual(MAX);
  expect(policyBytes(document(own, there, late, more))).toBeGreaterThan(MAX);
});

test("keeps other statements even if they exceed the limit", () => {
  const fit = fitting(document(statement("Own", 2_000), statement("S3OperatorAccessAn1")), document(), MAX);
  expect(fit.Statement.map(({ Sid }) => Sid)).toEqual(["Own"]);
  expect(policyBytes(fit)).toBeGreaterThan(MAX);
});
