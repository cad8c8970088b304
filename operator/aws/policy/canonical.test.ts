import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { randomFrom, type Random } from "../../bucket/testing/random.ts";
import { canonicalStatement } from "./canonical.ts";
import type { Statement } from "./document.ts";

const BASE: Statement = {
  Sid: "S3OperatorSpecA",
  Effect: "Allow",
  Principal: { AWS: ["arn:aws:iam::111122223333:role/a", "arn:aws:iam::111122223333:role/b"] },
  Action: ["s3:GetObject", "s3:PutObject"],
  Resource: ["arn:aws:s3:::docs", "arn:aws:s3:::docs/*"],
  Condition: {
    StringEquals: { "aws:SourceAccount": ["111122223333", "444455556666"] },
    Bool: { "aws:SecureTransport": "true" },
  },
};

function aws(...AWS: string[]): Partial<Statement> {
  return { Principal: { AWS } };
}

function condition(operator: string, key: string, value: unknown): Partial<Statement> {
  return { Condition: { [operator]: { [key]: value } } };
}

function canonical(elements: Partial<Statement>): string {
  return JSON.stringify(canonicalStatement({ ...BASE, ...elements }));
}

// Forms that mean the same. An account and its root:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
describe("equal", () => {
  test.each<[string, Partial<Statement>, Partial<Statement>]>([
    ["a list of one and a string", { Action: ["s3:GetObject"] }, { Action: "s3:GetObject" }],
    ["lists in another order", { Action: ["s3:A", "s3:B"] }, { Action: ["s3:B", "s3:A"] }],
    ["resources in another order", { Resource: ["a", "b"] }, { Resource: ["b", "a"] }],
    ["a value that stands twice", { Resource: ["a", "b", "a"] }, { Resource: ["a", "b"] }],
    ["actions in another letter case", { Action: "S3:GETOBJECT" }, { Action: "s3:GetObject" }],
    ["other actions in another letter case", { NotAction: "S3:GETOBJECT" }, { NotAction: ["s3:GetObject"] }],
    ["other resources", { NotResource: "a" }, { NotResource: ["a"] }],
    ["an account and its root", aws("111122223333"), aws("arn:aws:iam::111122223333:root")],
    ["an account and its root in China", aws("111122223333"), aws("arn:aws-cn:iam::111122223333:root")],
    ["an account and its root in GovCloud", aws("111122223333"), aws("arn:aws-us-gov:iam::111122223333:root")],
    ["an account and its root in the ESC", aws("111122223333"), aws("arn:aws-eusc:iam::111122223333:root")],
    ["all callers in both forms", { Principal: "*" }, { Principal: { AWS: "*" } }],
    ["all callers in a list", { Principal: "*" }, aws("*")],
    ["principals in another order", aws("a", "b"), aws("b", "a")],
    ["principals that are not meant", { NotPrincipal: { AWS: "a" } }, { NotPrincipal: { AWS: ["a"] } }],
    [
      "kinds of principals in another order",
      { Principal: { AWS: "a", Service: "s" } },
      { Principal: { Service: ["s"], AWS: ["a"] } },
    ],
    [
      "condition keys in another letter case",
      condition("StringEquals", "AWS:SourceArn", "a"),
      condition("StringEquals", "aws:sourcearn", ["a"]),
    ],
    ["operators in another letter case", condition("stringequals", "a:b", "c"), condition("StringEquals", "a:b", "c")],
    ["a boolean and its text", condition("Bool", "a:b", true), condition("Bool", "a:b", "true")],
    ["a number and its text", condition("NumericLessThan", "a:b", 1.2), condition("NumericLessThan", "a:b", ["1.2"])],
    ["values in another order", condition("Bool", "a:b", ["c", "d"]), condition("Bool", "a:b", ["d", "c"])],
    [
      "conditions in another order",
      { Condition: { A: { "k:1": "v", "k:2": "v" }, B: { "k:3": "v" } } },
      { Condition: { B: { "k:3": "v" }, A: { "k:2": "v", "k:1": "v" } } },
    ],
  ])("%s", (_case, one, other) => {
    expect(canonical(one)).toBe(canonical(other));
  });

  test("an undefined element and a missing one", () => {
    const { Condition: _, ...rest } = BASE;
    expect(JSON.stringify(canonicalStatement(rest))).toBe(
      JSON.stringify(canonicalStatement({ ...rest, Condition: undefined as never })),
    );
  });
});

describe("different", () => {
  test.each<[string, Partial<Statement>]>([
    ["effect", { Effect: "Deny" }],
    ["Sid", { Sid: "S3OperatorSpecB" }],
    ["letter case of the Sid", { Sid: "s3operatorspeca" }],
    ["one action fewer", { Action: "s3:GetObject" }],
    ["one more", { Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"] }],
    ["letter case of a resource", { Resource: ["arn:aws:s3:::docs", "arn:aws:s3:::Docs/*"] }],
    ["a resource's prefix", { Resource: ["arn:aws:s3:::docs", "arn:aws:s3:::docs/raw/*"] }],
    ["another account", aws("444455556666")],
    ["a role that was deleted, by its unique id", aws("AROAEXAMPLEID", "arn:aws:iam::111122223333:role/b")],
    ["a user that was deleted, by its unique id", aws("AIDAEXAMPLEID", "arn:aws:iam::111122223333:role/b")],
    ["all callers", { Principal: "*" }],
    ["the kind of principal", { Principal: { Service: BASE.Principal } as never }],
    ["an element unknown to us", { Future: "x" } as Partial<Statement>],
    ["no condition", { Condition: undefined as never }],
    [
      "letter case of a condition's value",
      { Condition: { ...BASE.Condition, Bool: { "aws:SecureTransport": "TRUE" } } },
    ],
    ["an operator", { Condition: { ...BASE.Condition, Null: { "aws:SourceArn": "true" } } }],
  ])("%s", (_case, elements) => {
    expect(canonical(elements)).not.toBe(canonical({}));
  });

  test("a role and its account", () => {
    expect(canonical(aws("arn:aws:iam::111122223333:role/root"))).not.toBe(canonical(aws("111122223333")));
    expect(canonical(aws("arn:aws:sts::111122223333:root"))).not.toBe(canonical(aws("111122223333")));
  });

  test("Principal and NotPrincipal, Action and NotAction", () => {
    const { Principal = "*", Action = [], ...rest } = BASE;
    const forms = [
      { ...rest, Principal, Action },
      { ...rest, NotPrincipal: Principal, Action },
      { ...rest, Principal, NotAction: Action },
    ];
    expect(new Set(forms.map((form) => JSON.stringify(canonicalStatement(form)))).size).toBe(forms.length);
  });

  test("all principals, and an empty principal", () => {
    expect(canonical({ NotPrincipal: "*" })).not.toBe(canonical({ Principal: "*" }));
  });
});

describe("any form in which AWS returns a statement", () => {
  const account = fc.constantFrom("111122223333", "444455556666");
  const principalId = fc.oneof(
    account,
    account.map((id) => `arn:aws:iam::${id}:role/r`),
    fc.constantFrom("AROAEXAMPLEID", "*"),
  );
  const oneOrMany = (item: fc.Arbitrary<string>) => fc.oneof(item, fc.array(item, { minLength: 1, maxLength: 4 }));
  const value = fc.oneof(fc.boolean(), fc.nat(9), fc.string(), fc.array(fc.string(), { minLength: 1, maxLength: 3 }));
  const statement: fc.Arbitrary<Statement> = fc.record(
    {
      Sid: fc.string(),
      Effect: fc.constantFrom("Allow" as const, "Deny" as const),
      Principal: fc.oneof(
        fc.constant("*" as const),
        fc.record({ AWS: oneOrMany(principalId), Service: oneOrMany(fc.string()) }, { requiredKeys: [] }),
      ),
      Action: oneOrMany(fc.constantFrom("s3:GetObject", "s3:PutObject", "S3:List*", "*")),
      Resource: oneOrMany(fc.string()),
      Condition: fc.dictionary(
        fc.constantFrom("StringEquals", "Bool", "Null"),
        fc.dictionary(fc.constantFrom("aws:SourceArn", "s3:prefix", "aws:userid"), value),
      ),
    },
    { requiredKeys: ["Effect"] },
  );

  test("is equal with reordered, doubled or collapsed lists, reordered keys and values as strings", () => {
    fc.assert(
      fc.property(statement, fc.integer(), (statement, seed) => {
        const rewritten = rewrite(statement, randomFrom(seed)) as Statement;
        expect(JSON.stringify(canonicalStatement(rewritten))).toBe(JSON.stringify(canonicalStatement(statement)));
      }),
    );
  });

  test("canonicalizing is idempotent", () => {
    fc.assert(
      fc.property(statement, (statement) => {
        const once = canonicalStatement(statement);
        expect(canonicalStatement(once as unknown as Statement)).toEqual(once);
      }),
    );
  });

  test("does not modify the statement", () => {
    fc.assert(
      fc.property(statement, (statement) => {
        const before = structuredClone(statement);
        canonicalStatement(statement);
        expect(statement).toEqual(before);
      }),
    );
  });
});

function rewrite(value: unknown, random: Random): unknown {
  if (Array.isArray(value)) {
    const items = random.shuffled([...value, ...(random.coin() ? value.slice(0, 1) : [])] as unknown[]);
    return items.length === 1 && random.coin() ? rewrite(items[0], random) : items.map((item) => rewrite(item, random));
  }
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).map(([key, inner]) => [key, rewrite(inner, random)] as const);
    return Object.fromEntries(random.shuffled(entries));
  }
  return random.coin() ? String(value) : value;
}

test.each<[string, Partial<Statement>, Partial<Statement>]>([
  [
    "an account id and its root ARN",
    { Principal: { AWS: ["111122223333", "arn:aws:iam::111122223333:root"] } },
    { Principal: { AWS: "111122223333" } },
  ],
  ["an action in two spellings", { Action: ["s3:GetObject", "s3:getobject"] }, { Action: "s3:GetObject" }],
])("merges %s, as AWS does", (_case, both, one) => {
  expect(canonicalStatement({ ...BASE, ...both })).toEqual(canonicalStatement({ ...BASE, ...one }));
});

test("keeps the values of both spellings of a condition key", () => {
  const of = (keys: Record<string, string>) => canonicalStatement({ ...BASE, Condition: { StringEquals: keys } });
  expect(of({ "aws:SourceArn": "a", "AWS:SourceArn": "b" })).not.toEqual(of({ "AWS:SourceArn": "b" }));
});
