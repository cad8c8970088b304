/** What LocalStack does not have, with the reason. A test fails for each row that no longer holds. */
import type { S3BucketSpec } from "../../operator/api/types.ts";
import type { Prerequisites } from "../integration/support/world/prerequisites.ts";

interface Refused {
  /** The message of the setting in status. */
  says: RegExp;
  why: string;
}

/** Settings that it does not have. */
export const MISSING_SETTINGS: Readonly<Record<string, Refused>> = {
  abac: { says: /ABAC/, why: "PutBucketAbac is not implemented" },
};

/** Values of the setting cases that it refuses, with values to try in their place. */
export const REFUSED_VALUES: Readonly<Record<string, Refused & { instead: (named: Prerequisites) => S3BucketSpec }>> = {
  encryption: {
    says: /kms|dsse/i,
    why: "its check of the KMS key compares the algorithm with aws:kms only, so aws:kms:dsse has no key",
    instead: () => ({ encryption: { sseAlgorithm: "AES256", blockedEncryptionTypes: ["NONE"] } }),
  },
};

/** Whether a generated spec has none of the above. */
export function isTaken({ encryption }: S3BucketSpec): boolean {
  return encryption?.sseAlgorithm !== "aws:kms:dsse";
}
