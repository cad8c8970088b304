import { describe, expect, test } from "vitest";
import { compareNamed } from "./setting.ts";

describe("compareNamed", () => {
  const named = (entries: Record<string, Record<string, unknown>>) => new Map(Object.entries(entries));

  test("an entry that one side lacks is one change, and does not shift the others", () => {
    const desired = named({ b: { days: 2 }, c: { days: 3 } });
    const actual = named({ a: { days: 1 }, b: { days: 2 }, c: { days: 3 } });
    expect(compareNamed("rules", desired, actual)).toEqual([{ path: "rules[a]", desired: "", actual: '{"days":1}' }]);
  });

  test("an entry of both is compared field by field, whichever side has the field", () => {
    const desired = named({ a: { days: 1, status: "Enabled" } });
    const actual = named({ a: { days: 1, prefix: "raw/" } });
    expect(compareNamed("rules", desired, actual).map(({ path }) => path)).toEqual([
      "rules[a].status",
      "rules[a].prefix",
    ]);
  });
});
