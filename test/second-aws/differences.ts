/** What LocalStack does not have, with the reason. A test fails for each row that no longer holds. */
import type { S3BucketSpec } from "../../operator/api/types.ts";

/** Settings that cannot be set. */
export const MISSING_SETTINGS: Readonly<Record<string, { says: RegExp; why: string }>> = {
  abac: { says: /ABAC/, why: "PutBucketAbac is not implemented" },
};

/** Specs that it refuses, or does not keep. */
export const REFUSED_SPECS: readonly { spec: string; has: (spec: S3BucketSpec) => boolean; why: string }[] = [];
