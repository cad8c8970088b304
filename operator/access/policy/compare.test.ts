import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PolicyDocument, Statement } from "../../aws/policy/document.ts";
import { buckets, grantLists } from "../testing/arbitrary-grants.ts";
import { BUCKET } from "../testing/requests.ts";
import { comparePolicy, readPolicy } from "./compare.ts";
import { policyDocument } from "./model.ts";
import { permissionsPolicy } from "./permissions.ts";
import { trustPolicy } from "./trust.ts";

const DESIRED = permissionsPolicy([{ prefix: "a b/", permissions: ["Read", "Write", "List"] }], BUCKET);

/** As IAM returns policies: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html */
const encoded = (document: object) => encodeURIComponent(JSON.stringify(document));

/** The same meaning: lists reversed, single values as lists, actions in upper case, indented. */
function rewritten({ Statement, ...rest }: PolicyDocument): string {
  const reversed = (value: unknown) => (Array.isArray(value) ? value.toReversed() : [value]);
  const statements = Statement.toReversed().map(({ Effect, Action, Resource, ...others }) => ({
    ...others,
    Resource: reversed(Resource),
    Action: reversed(Action).map((action) => String(action).toUpperCase()),
    Effect,
  }));
  return JSON.stringify({ Statement: statements, ...rest }, undefined, 2);
}

test("comparePolicy finds no difference between policies of the same meaning", () => {
  const property = fc.property(grantLists, buckets, (grants, bucket) => {
    const document = permissionsPolicy(grants, bucket);
    expect(comparePolicy(document, encoded(document))).toEqual([]);
    expect(comparePolicy(document, JSON.stringify(document))).toEqual([]);
    expect(comparePolicy(document, rewritten(document))).toEqual([]);
  });
  fc.assert(property);
});

test("comparePolicy finds a difference between the policies of other grants, unless they are the same", () => {
  const property = fc.property(grantLists, grantLists, (grants, others) => {
    const [document, other] = [permissionsPolicy(grants, BUCKET), permissionsPolicy(others, BUCKET)];
    const isSame = JSON.stringify(document) === JSON.stringify(other);
    expect(comparePolicy(document, encoded(other)).length === 0).toBe(isSame);
  });
  fc.assert(property);
});

describe("comparePolicy finds", () => {
  const [objects, list] = DESIRED.Statement;
  const others: Statement = { Effect: "Allow", Action: "s3:*", Resource: "*" };

  test("a missing policy", () => {
    expect(comparePolicy(DESIRED, undefined)).toEqual([
      { path: "", desired: expect.stringContaining("s3:GetObject"), actual: "" },
    ]);
  });

  test("a text that is not a policy", () => {
    for (const text of ["null", "no JSON", "%E0%A4%A", "[]", "7"]) {
      expect(comparePolicy(DESIRED, text).length, text).toBeGreaterThan(0);
    }
  });

  test("a surplus, a missing and a duplicate statement", () => {
    const paths = (...statements: (Statement | undefined)[]) =>
      comparePolicy(DESIRED, encoded({ ...DESIRED, Statement: statements })).map(({ path, desired, actual }) => [
        path,
        desired !== "",
        actual !== "",
      ]);
    expect(paths(objects, list, others)).toEqual([["Statement[2]", false, true]]);
    expect(paths(list)).toEqual([["Statement[0]", true, false]]);
    expect(paths(objects, objects, list)).toEqual([["Statement[1]", false, true]]);
    expect(paths(others, objects)).toEqual([
      ["Statement[1]", true, false],
      ["Statement[0]", false, true],
    ]);
  });

  test("an older version, which has no policy variables", () => {
    expect(comparePolicy(DESIRED, encoded({ ...DESIRED, Version: "2008-10-17" }))).toEqual([
      { path: "Version", desired: "2012-10-17", actual: "2008-10-17" },
    ]);
  });

  test("a removed condition", () => {
    const open = { ...list, Condition: undefined };
    expect(comparePolicy(DESIRED, encoded({ ...DESIRED, Statement: [objects, open] }))).toHaveLength(2);
  });

  test("a trust policy that trusts more", () => {
    const oidcProviderArn = "arn:aws:iam::111122223333:oidc-provider/example.com";
    const trust = trustPolicy({ type: "IRSA", oidcProviderArn }, { namespace: "team", serviceAccount: "api" });
    const wider = JSON.parse(JSON.stringify(trust).replace("StringEquals", "StringLike")) as PolicyDocument;
    expect(comparePolicy(trust, encoded(trust))).toEqual([]);
    expect(comparePolicy(trust, encoded(wider))).toHaveLength(2);
  });
});

test("readPolicy keeps a percent sign that is part of the policy", () => {
  const document = policyDocument([{ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::b/%2F+ü/*" }]);
  expect(readPolicy(encoded(document))).toEqual(document);
  expect(readPolicy(JSON.stringify(document))).toEqual(document);
});
