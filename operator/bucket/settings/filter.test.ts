import { describe, expect, test } from "vitest";
import { canonicalFilter, toFilter } from "./filter.ts";

const A = { Key: "a", Value: "1" };
const B = { Key: "b", Value: "2" };

test.each([
  ["nothing", undefined, {}, undefined],
  ["no criterion", {}, {}, undefined],
  ["a prefix", { prefix: "raw/" }, {}, { Prefix: "raw/" }],
  ["an empty prefix", { prefix: "" }, {}, undefined],
  ["an empty prefix and a tag", { prefix: "", tags: { a: "1" } }, {}, { Tag: A }],
  ["one tag", { tags: { a: "1" } }, {}, { Tag: A }],
  ["two tags", { tags: { a: "1", b: "2" } }, {}, { And: { Tags: [A, B] } }],
  ["another criterion", {}, { AccessPointArn: "arn" }, { AccessPointArn: "arn" }],
  ["a criterion of 0", {}, { ObjectSizeGreaterThan: 0 }, { ObjectSizeGreaterThan: 0 }],
  ["two", { prefix: "raw/" }, { ObjectSizeLessThan: 9 }, { And: { Prefix: "raw/", ObjectSizeLessThan: 9 } }],
  ["prefix and tag", { prefix: "raw/", tags: { a: "1" } }, {}, { And: { Prefix: "raw/", Tags: [A] } }],
])("toFilter: %s", (_case, spec, others, filter) => {
  expect(toFilter(spec, others)).toStrictEqual(filter);
});

describe("canonicalFilter is the same for", () => {
  test.each([
    ["no filter", [undefined, {}, { Prefix: "" }, { And: {} }, { And: { Prefix: "", Tags: [] } }]],
    ["a prefix", [{ Prefix: "raw/" }, { And: { Prefix: "raw/" } }]],
    ["a tag", [{ Tag: A }, { And: { Tags: [A] } }]],
    ["two tags", [{ And: { Tags: [A, B] } }, { And: { Tags: [B, A] } }]],
  ])("%s in all its forms", (_case, forms) => {
    for (const form of forms) expect(canonicalFilter(form)).toEqual(canonicalFilter(forms[0]));
  });

  test("and another for what is not the same", () => {
    const forms = [
      {},
      { Tag: { Key: "a=", Value: "" } },
      { Tag: { Key: "a", Value: "=" } },
      { Prefix: "raw/" },
      { Prefix: "raw" },
      { Tag: A },
      { Tag: B },
      { And: { Tags: [A, B] } },
    ];
    expect(new Set(forms.map((form) => JSON.stringify(canonicalFilter(form)))).size).toBe(forms.length);
  });
});
