import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { duration, integer } from "./formats.ts";

describe("a range includes its ends", () => {
  const bounds = fc.tuple(fc.nat(100_000), fc.nat(100_000)).map(([one, other]) => [one, one + other] as const);

  test("of whole numbers", () => {
    const property = fc.property(bounds, fc.nat(200_000), ([min, max], value) => {
      const { parse } = integer(min, max);
      for (const each of [min, max, value, min - 1, max + 1]) {
        expect(parse(String(each))).toEqual(each >= min && each <= max ? { value: each } : undefined);
      }
    });
    fc.assert(property);
  });

  test("of durations", () => {
    const property = fc.property(bounds, ([min, max]) => {
      const { parse } = duration(`${min}ms`, `${max}ms`);
      for (const each of [min, max]) expect(parse(`${each}ms`)).toEqual({ value: each });
      for (const each of [min - 1, max + 1]) expect(parse(`${each}ms`)).toBeUndefined();
    });
    fc.assert(property);
  });
});

test.each([
  ["500ms", 500],
  ["90s", 90_000],
  ["1h30m", 5_400_000],
  ["1m1s1ms", 61_001],
])("%s is %i milliseconds", (text, value) => {
  expect(duration("0s", "24h").parse(text)).toEqual({ value });
});

test.each(["", "5", "s", "-1s", "1.5s", "1s ", "1 s", "1d", "1s2"])("%j is no duration", (text) => {
  expect(duration("0s", "24h").parse(text)).toBeUndefined();
});
