/** Fields that S3 spells as the spec does, but with a capital: `keyPrefixEquals` is `KeyPrefixEquals`. */

/** The named fields of a spec in S3's spelling; absent ones are undefined. */
export function toS3<T extends object, Name extends keyof T & string>(
  fields: T,
  names: readonly Name[],
): { [N in Name as Capitalize<N>]: T[N] } {
  const entries = names.map((name) => [capitalized(name), fields[name]]);
  return Object.fromEntries(entries) as { [N in Name as Capitalize<N>]: T[N] };
}

type FromS3<T, Name extends string> = { [N in Name]: Capitalize<N> extends keyof T ? T[Capitalize<N>] : undefined };

/** The inverse: the named fields in the spec's spelling and in this order; absent ones are undefined. */
export function fromS3<T extends object, Name extends string>(
  fields: T | undefined,
  names: readonly Name[],
): FromS3<T, Name> {
  const entries = names.map((name) => [name, fields?.[capitalized(name) as keyof T]]);
  return Object.fromEntries(entries) as FromS3<T, Name>;
}

/** Paths of the named fields in S3's spelling, below `parent`: "Expiration.Days". */
export function pathsBelow(parent: string, names: readonly string[]): string[] {
  return names.map((name) => `${parent}.${capitalized(name)}`);
}

function capitalized(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
