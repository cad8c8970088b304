import fc from "fast-check";

/** Leaves fields out at random. */
export function fields(
  arbitraries: Record<string, fc.Arbitrary<unknown>>,
  requiredKeys: string[] = [],
): fc.Arbitrary<Record<string, unknown>> {
  return fc.record(arbitraries, { requiredKeys });
}

export const text = fc.constantFrom(
  "raw/",
  "",
  "a&b <c>/",
  "ü😀",
  "x: #y",
  "-0x1F",
  "null",
  '{"a": "b"}',
  " both ",
  "\u2028\u00A0\u0007",
  "\u0085",
  "\u007F\uFEFF",
  "x".repeat(1_000),
  "é".repeat(600),
);

export const id = fc.constantFrom("a", "b", "tidy up", "1", "ü", "", "x".repeat(255));

export const configurationId = fc.constantFrom("a", "B", "a.b_c-d", "0", "x".repeat(64));

export const status = fc.constantFrom("Enabled", "Disabled");

export const days = fc.constantFrom(1, 30, 31, 90, 180, 400, 40_000);

export const ACCOUNT = "444455556666";

export const tags = (maxLength: number) =>
  fc.uniqueArray(
    fc.record({
      Key: fc.oneof({ weight: 9, arbitrary: fc.stringMatching(/^[a-z]{1,3}$/) }, fc.constantFrom("k".repeat(128), "ü")),
      Value: fc.constantFrom("", "v", "42", "on", "a b", "v".repeat(256)),
    }),
    { minLength: 1, maxLength, selector: ({ Key }) => Key },
  );

/** One criterion bare, several in `And`, as S3 takes them. */
export function filter(more: Record<string, fc.Arbitrary<unknown>> = {}): fc.Arbitrary<object> {
  const criteria = fields({ Prefix: text, Tags: fc.oneof({ weight: 3, arbitrary: tags(3) }, tags(12)), ...more });
  return criteria.map((all) => {
    const { Tags = [], ...bare } = all as { Tags?: object[] };
    const count = Tags.length + Object.keys(bare).length;
    if (count > 1) return { And: all };
    return Tags[0] === undefined ? bare : { Tag: Tags[0] };
  });
}
