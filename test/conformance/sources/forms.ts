/** Where formats come from. The CRDs have no patterns in spec: rules have messages that say what to write. See row.ts. */
import type { Row } from "./row.ts";

const INT32 = "a day, second or priority of S3 is a 32-bit integer in the SDK";

export const FORMS: readonly Row[] = [
  {
    limits: ["S3Bucket lifecycle.*.date"],
    from: "https://www.rfc-editor.org/rfc/rfc3339",
    ours: "of the ISO 8601 forms that S3 accepts, the one of Kubernetes: a date alone is refused",
  },
  {
    limits: [
      "S3Bucket encryption.kmsKey.managed.*InDays",
      "S3Bucket objectLock.*days",
      "S3Bucket objectLock.*years",
      "S3Bucket lifecycle.*ays",
      "S3Bucket lifecycle.*.newerNoncurrentVersions",
      "S3Bucket lifecycle.*.daysAfterInitiation",
      "S3Bucket cors.rules[].maxAgeSeconds",
      "S3Bucket intelligentTiering.*.days",
      "S3Bucket replication.rules[].priority",
    ],
    ours: INT32,
  },
  { limits: ["S3Bucket lifecycle.*.objectSize*"], ours: "an object's size is a 64-bit integer" },
  { limits: ["AWSAccount rateLimit.requestsPerSecond"], ours: "a rate of the operator" },
];
