import fc from "fast-check";

/** Declared fields only: an absent one is left out, not undefined. */
export function optional<T>(
  arbitraries: { [Field in keyof T]-?: fc.Arbitrary<NonNullable<T[Field]>> },
  requiredKeys: (keyof T)[] = [],
): fc.Arbitrary<T> {
  return fc.record(arbitraries, { requiredKeys }) as fc.Arbitrary<T>;
}

/** A list without equal items. */
export function some<T>(item: fc.Arbitrary<T>, maxLength = 4, minLength = 1): fc.Arbitrary<T[]> {
  return fc.uniqueArray(item, { minLength, maxLength, comparator: "SameValue" });
}

/** Entries, each with an id of its own. */
export function byId<T extends { id: string }>(item: fc.Arbitrary<T>, minLength = 0): fc.Arbitrary<T[]> {
  return fc.uniqueArray(item, { minLength, maxLength: 4, selector: ({ id }) => id });
}

/** Settings that `defineConfigurations` makes. */
export function configurations<T extends { id: string }>(configuration: fc.Arbitrary<T>) {
  return fc.record(
    { configurations: byId(configuration), unmanagedConfigurations: keepOrRemove },
    { requiredKeys: ["configurations"] },
  );
}

export const word = fc.stringMatching(/^[A-Za-z0-9]{1,8}$/);
export const onOff = fc.constantFrom("Enabled" as const, "Disabled" as const);
export const keepOrRemove = fc.constantFrom("Keep" as const, "Remove" as const);
export const prefix = fc.constantFrom("raw/", "raw", "curated/", "");
export const tagFilter = fc.dictionary(word, word, { minKeys: 1, maxKeys: 3 });
export const objectFilter = fc.oneof(
  fc.record({ prefix }),
  fc.record({ tags: tagFilter }),
  fc.record({ prefix, tags: tagFilter }, { requiredKeys: ["prefix", "tags"] }),
);
export const bucketArn = fc.constantFrom("arn:aws:s3:::a-bucket", "arn:aws:s3:::b-bucket");
export const kmsKeyArn = fc.constant("arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab");
export const account = fc.constant("444455556666");
