import { describe, expect, test } from "vitest";
import { entriesToSpec, stated, unknownFields, unlessEmpty, type EntryForm } from "./to-spec.ts";

describe("unknownFields", () => {
  const known = ["Id", "Filter.Prefix", "Rules.Days", "Whole"];

  test.each([
    [{}, []],
    [{ Id: "a", Filter: { Prefix: "" }, Rules: [{ Days: 1 }, {}], Whole: { anything: 1 } }, []],
    [{ Id: "a", New: undefined }, []],
    [{ New: false }, ["New"]],
    [{ Filter: { Prefix: "", Suffix: "" } }, ["Filter.Suffix"]],
    [{ Rules: [{ Days: 1 }, { Hours: 1 }, { Hours: 2 }] }, ["Rules.Hours"]],
    [{ Filter: "raw/" }, ["Filter"]],
    [{ Filter: null }, ["Filter"]],
  ])("of %j: %j", (value, unknown) => {
    expect(unknownFields(value, known)).toEqual(unknown);
  });
});

describe("entriesToSpec", () => {
  const form: EntryForm<{ Id: string; Days?: number }, { id: string }> = {
    nameOf: ({ Id }, index) => `entry ${index} '${Id}'`,
    fields: ["Id", "Days"],
    toSpec: ({ Id }) => ({ id: Id }),
    toEntry: ({ id }) => ({ Id: id }),
    canonical: (entry) => entry,
    max: 2,
  };

  test("omits an entry that changes on the way back", () => {
    expect(entriesToSpec([{ Id: "a" }, { Id: "b", Days: 1 }], form)).toEqual({
      specs: [{ id: "a" }],
      omitted: ["entry 1 'b' has a form that a spec cannot express"],
    });
  });

  test("exports no more than the limit of a spec", () => {
    const { specs, omitted } = entriesToSpec([{ Id: "a" }, { Id: "b" }, { Id: "c" }], form);
    expect(specs).toHaveLength(2);
    expect(omitted).toEqual(["entry 2 'c' exceeds the 2 of a spec"]);
  });
});

test("drops fields that are not set", () => {
  expect(stated<{ a?: number; b?: number }>({ a: 1, b: undefined })).toStrictEqual({ a: 1 });
  expect(unlessEmpty({ a: undefined })).toBeUndefined();
  expect(unlessEmpty({ a: false })).toEqual({ a: false });
});
