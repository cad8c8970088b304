import type fc from "fast-check";
import type { Bucket } from "../../../test/aws/index.ts";
import type { Prerequisites } from "../../../test/integration/support/world/prerequisites.ts";
import type { S3BucketSpec } from "../../api/types.ts";
import type { Random } from "./random.ts";
import type { RewritingStore, Routes } from "./rewriting-store.ts";

type Name = keyof S3BucketSpec;

/** What the tests that run for every setting need to know about one. */
export interface SettingKit<N extends Name = Name> {
  /** Values that the CRD admits. Each field of the schema must occur in some of them. */
  arbitrary: fc.Arbitrary<NonNullable<S3BucketSpec[N]>>;
  /**
   * S3's side of the setting's calls: keeps the document that is put, and answers it in another form of the same
   * meaning.
   */
  routes: (store: RewritingStore, random: Random) => Routes;
  /** Elements of the document in which tests put no unknown field: its root, or all. */
  closed?: "Root" | "All";
  /** The field of a bucket in the simulator that has the setting. */
  field: keyof Bucket;
  /** Other settings that S3 requires together with it. */
  needs?: S3BucketSpec;
  /** Two values; the first differs from S3's default. */
  value: (named: Prerequisites) => NonNullable<S3BucketSpec[N]>;
  other: (named: Prerequisites) => NonNullable<S3BucketSpec[N]>;
  /** The `readable` value of `field` once the setting has left the spec, if it differs from that of a new bucket. */
  afterReset?: unknown;
}

/** Erases the type parameter so that all kits fit one list. */
export function defineKit<N extends Name>(kit: SettingKit<N>): SettingKit {
  return kit;
}
