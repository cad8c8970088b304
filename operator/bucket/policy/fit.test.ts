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

test("fitting keeps a policy that fits unchanged", () => {
  const whole = document(statement("Own"), statement("S3OperatorAccessan1"));
  expect(fitting(whole, document(), MAX)).toEqual({ document: whole, leftOut: [] });
});

test("fitting keeps other statements, then BucketAccesses that fit: those in the policy, then the others in order", () => {
  const [own, big] = [statement("Own"), statement("S3OperatorAccessan1", 900)];
  const [late, there, more] = ["b", "c", "d"].map((name) => statement(`S3OperatorAccess${name}n1`, 160));
  if (late === undefined || there === undefined || more === undefined) throw new Error("Not so many");
  const fit = fitting(document(big, late, own, there, more), document({ ...there, Action: ["s3:getobject"] }), MAX);
  expect(fit.document).toEqual(document(late, own, there));
  expect(fit.leftOut).toEqual(["S3OperatorAccessan", "S3OperatorAccessdn"]);
  expect(policyBytes(fit.document)).toBeLessThanOrEqual(MAX);
  expect(policyBytes(document(own, there, late, more))).toBeGreaterThan(MAX);
});

test("fitting takes all statements of a BucketAccess, or none", () => {
  const [small, large] = [statement("S3OperatorAccessan1", 100), statement("S3OperatorAccessan2", 700)];
  const fit = fitting(document(statement("Own"), small, large), document(), MAX);
  expect(fit).toEqual({ document: document(statement("Own")), leftOut: ["S3OperatorAccessan"] });
});

test("fitting keeps other statements even if they exceed the limit", () => {
  const fit = fitting(document(statement("Own", 2_000), statement("S3OperatorAccessan1")), document(), MAX);
  expect(fit.document.Statement.map(({ Sid }) => Sid)).toEqual(["Own"]);
  expect(policyBytes(fit.document)).toBeGreaterThan(MAX);
});
