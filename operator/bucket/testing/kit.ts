import type fc from "fast-check";
import type { Bucket } from "../../../test/aws/index.ts";
import type { Prerequisites } from "../../../test/integration/support/world/prerequisites.ts";
import type { S3BucketSpec } from "../../api/types.ts";
import type { Random } from "./random.ts";
import type { RewritingStore, Routes } from "./rewriting-store.ts";

type Name = keyof S3BucketSpec;

/** What the tests of all settings need of one. */
export interface SettingKit<N extends Name = Name> {
  /** Values of the field in the spec, as the CRD admits them. Every field of it must be in some of them. */
  arbitrary: fc.Arbitrary<NonNullable<S3BucketSpec[N]>>;
  /** S3's side of the setting's calls: keeps what is put, and answers with the same in other words. */
  routes: (store: RewritingStore, random: Random) => Routes;
  /** Elements of S3's document in which no unknown field is tried: the root, or every one. */
  closed?: "Root" | "All";
  /** Where the simulator keeps the setting. */
  field: keyof Bucket;
  /** Other settings that S3 wants along with it. */
  needs?: S3BucketSpec;
  /** Two values for a bucket at the simulator, the first not what S3 has by default. */
  value: (named: Prerequisites) => NonNullable<S3BucketSpec[N]>;
  other: (named: Prerequisites) => NonNullable<S3BucketSpec[N]>;
  /** `field`, as `readable` says it, once the setting has left the spec, where a new bucket has something else. */
  afterReset?: unknown;
}

/** Erases the type parameter so that all kits fit one list. */
export function defineKit<N extends Name>(kit: SettingKit<N>): SettingKit {
  return kit;
}
