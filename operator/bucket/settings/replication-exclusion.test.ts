import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalNot, toNot } from "./replication-exclusion.ts";

const tag = fc.record({ key: fc.constantFrom("a", "b", "c"), value: fc.constantFrom("1", "2") });
const exclusions = fc.record({
  prefixes: fc.uniqueArray(fc.constantFrom("x/", "y/", "z/")),
  tags: fc.uniqueArray(tag, { selector: ({ key, value }) => `${key}=${value}` }),
});

test("the order of prefixes and tags does not matter", () => {
  const property = fc.property(exclusions, ({ prefixes, tags }) => {
    const turned = { prefixes: prefixes.toReversed(), tags: tags.toReversed() };
    expect(canonicalNot(toNot(turned))).toEqual(canonicalNot(toNot({ prefixes, tags })));
  });
  fc.assert(property);
});

test("prefixes and tags are sorted, by key and then by value", () => {
  const tags = ["b=1", "a=2", "a=1"].map((text) => ({ key: text.slice(0, 1), value: text.slice(2) }));
  expect(canonicalNot(toNot({ prefixes: ["y/", "x/"], tags }))).toEqual({
    prefixes: ["x/", "y/"],
    tags: tags.toReversed(),
  });
  expect(canonicalNot(toNot({}))).toBeUndefined();
});
