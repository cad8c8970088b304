/** S3Bucket: lifecycle and CORS. */

import { accepted, refused, type Row, type Spec } from "./table.ts";

const RULE = "spec.lifecycle.rules[0]";
const TRANSITIONS = `${RULE}.transitions`;
const NONCURRENT = `${RULE}.noncurrentVersionTransitions`;
const JANUARY = "2027-01-01T00:00:00Z";
const MARCH = "2027-03-01T00:00:00Z";

const rules = (...rules: Spec[]): Spec => ({ lifecycle: { rules } });
const rule = (actions: Spec): Spec => rules({ id: "r", status: "Enabled", ...actions });

/** For example transitions(["GLACIER", 90]). */
const transitions = (...steps: [storageClass: string, days: number][]): Spec[] =>
  steps.map(([storageClass, days]) => ({ storageClass, days }));
const noncurrent = (...steps: [storageClass: string, noncurrentDays: number][]): Spec[] =>
  steps.map(([storageClass, noncurrentDays]) => ({ storageClass, noncurrentDays }));

export const LIFECYCLE_ROWS: Row[] = [
  accepted(
    "lifecycle: everything that goes together",
    rules(
      {
        id: "raw",
        status: "Enabled",
        filter: { prefix: "raw/", tags: { a: "1", b: "" }, objectSizeGreaterThan: 0, objectSizeLessThan: 1 },
        transitions: transitions(
          ["STANDARD_IA", 30],
          ["INTELLIGENT_TIERING", 31],
          ["GLACIER", 90],
          ["DEEP_ARCHIVE", 180],
        ),
        expiration: { days: 181 },
        noncurrentVersionTransitions: noncurrent(["ONEZONE_IA", 30], ["GLACIER", 60]),
        noncurrentVersionExpiration: { noncurrentDays: 61, newerNoncurrentVersions: 100 },
      },
      {
        id: "uploads",
        status: "Disabled",
        filter: { prefix: "" },
        abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
      },
      { id: "markers", status: "Enabled", filter: {}, expiration: { expiredObjectDeleteMarker: true } },
    ),
  ),
  accepted(
    "lifecycle: transitions in any order of the list",
    rule({ transitions: transitions(["GLACIER", 60], ["STANDARD_IA", 30]) }),
  ),
  accepted("lifecycle: archive at once", rule({ transitions: transitions(["GLACIER_IR", 0]) })),
  accepted(
    "lifecycle: dates",
    rule({ transitions: [{ storageClass: "STANDARD_IA", date: JANUARY }], expiration: { date: MARCH } }),
  ),
  accepted("lifecycle: beside the rules of others", {
    lifecycle: { unmanagedRules: "Keep", rules: [{ id: "r", status: "Enabled", expiration: { days: 1 } }] },
  }),
  refused("lifecycle: unmanagedRules unknown", "spec.lifecycle.unmanagedRules", {
    lifecycle: { unmanagedRules: "Ignore", rules: [{ id: "r", status: "Enabled", expiration: { days: 1 } }] },
  }),
  refused("lifecycle: no rules", "spec.lifecycle.rules", { lifecycle: { rules: [] } }),
  refused("lifecycle: rules absent", "spec.lifecycle.rules", { lifecycle: {} }),
  refused("lifecycle: ids not unique", "spec.lifecycle.rules[1]", {
    lifecycle: { rules: [1, 2].map((days) => ({ id: "r", status: "Enabled", expiration: { days } })) },
  }),
  refused("lifecycle: id of 256 characters", `${RULE}.id`, rule({ id: "r".repeat(256), expiration: { days: 1 } })),
  refused("lifecycle: status absent", `${RULE}.status`, rules({ id: "r", expiration: { days: 1 } })),
  refused("lifecycle: no action", RULE, rule({ filter: { prefix: "raw/" } })),
  refused(
    "lifecycle: storage class twice",
    `${TRANSITIONS}[1]`,
    rule({ transitions: transitions(["GLACIER", 1], ["GLACIER", 2]) }),
  ),
  refused(
    "lifecycle: STANDARD_IA at 29 days",
    `${TRANSITIONS}[0].days`,
    rule({ transitions: transitions(["STANDARD_IA", 29]) }),
  ),
  refused(
    "lifecycle: ONEZONE_IA at 0 days",
    `${TRANSITIONS}[0].days`,
    rule({ transitions: transitions(["ONEZONE_IA", 0]) }),
  ),
  refused(
    "lifecycle: up the waterfall",
    TRANSITIONS,
    rule({ transitions: transitions(["GLACIER", 10], ["STANDARD_IA", 60]) }),
  ),
  refused(
    "lifecycle: two transitions on one day",
    TRANSITIONS,
    rule({ transitions: transitions(["GLACIER", 90], ["DEEP_ARCHIVE", 90]) }),
  ),
  refused(
    "lifecycle: two transitions on one date",
    TRANSITIONS,
    rule({ transitions: ["GLACIER", "DEEP_ARCHIVE"].map((storageClass) => ({ storageClass, date: MARCH })) }),
  ),
  refused(
    "lifecycle: 29 days from IA to Glacier",
    TRANSITIONS,
    rule({ transitions: transitions(["STANDARD_IA", 30], ["GLACIER", 59]) }),
  ),
  refused(
    "lifecycle: 29 days from STANDARD_IA to ONEZONE_IA",
    TRANSITIONS,
    rule({ transitions: transitions(["STANDARD_IA", 30], ["ONEZONE_IA", 59]) }),
  ),
  accepted(
    "lifecycle: a day from STANDARD_IA to INTELLIGENT_TIERING and GLACIER_IR",
    rule({ transitions: transitions(["STANDARD_IA", 30], ["INTELLIGENT_TIERING", 31], ["GLACIER_IR", 32]) }),
  ),
  refused(
    "lifecycle: ONEZONE_IA and GLACIER_IR",
    TRANSITIONS,
    rule({ transitions: transitions(["ONEZONE_IA", 30], ["GLACIER_IR", 90]) }),
  ),
  refused(
    "lifecycle: transitions by days and by date",
    TRANSITIONS,
    rule({
      transitions: [
        { storageClass: "GLACIER", days: 1 },
        { storageClass: "DEEP_ARCHIVE", date: MARCH },
      ],
    }),
  ),
  accepted("lifecycle: transition at once", rule({ transitions: [{ storageClass: "INTELLIGENT_TIERING" }] })),
  refused(
    "lifecycle: STANDARD_IA at once",
    `${TRANSITIONS}[0].days`,
    rule({ transitions: [{ storageClass: "STANDARD_IA" }] }),
  ),
  refused(
    "lifecycle: transition with two times",
    `${TRANSITIONS}[0]`,
    rule({ transitions: [{ storageClass: "GLACIER", days: 1, date: MARCH }] }),
  ),
  refused(
    "lifecycle: transition to STANDARD",
    `${TRANSITIONS}[0].storageClass`,
    rule({ transitions: transitions(["STANDARD", 30]) }),
  ),
  refused("lifecycle: days below zero", `${TRANSITIONS}[0].days`, rule({ transitions: transitions(["GLACIER", -1]) })),
  refused(
    "lifecycle: transition date at noon",
    `${TRANSITIONS}[0].date`,
    rule({ transitions: [{ storageClass: "GLACIER", date: "2027-01-01T12:00:00Z" }] }),
  ),
  ...["2027-01-01T00:00:00+00:00", "2027-01-01T00:00:00.000Z", "2027-01-01T02:00:00+02:00"].map((date) =>
    accepted(`lifecycle: date ${date}`, rule({ expiration: { date } })),
  ),
  refused(
    "lifecycle: midnight of another zone",
    `${RULE}.expiration.date`,
    rule({ expiration: { date: "2027-01-01T00:00:00+02:00" } }),
  ),
  refused("lifecycle: date at noon", `${RULE}.expiration.date`, rule({ expiration: { date: "2027-01-01T12:00:00Z" } })),
  refused("lifecycle: no such date", `${RULE}.expiration.date`, rule({ expiration: { date: "2027-02-30T00:00:00Z" } })),
  refused("lifecycle: date without time", `${RULE}.expiration.date`, rule({ expiration: { date: "2027-01-01" } })),
  refused("lifecycle: expiration empty", `${RULE}.expiration`, rule({ expiration: {} })),
  refused(
    "lifecycle: expiration twice",
    `${RULE}.expiration`,
    rule({ expiration: { days: 1, expiredObjectDeleteMarker: true } }),
  ),
  refused("lifecycle: expiration at 0 days", `${RULE}.expiration.days`, rule({ expiration: { days: 0 } })),
  refused(
    "lifecycle: expiration with its transition",
    `${RULE}.expiration`,
    rule({ transitions: transitions(["GLACIER", 90]), expiration: { days: 90 } }),
  ),
  refused(
    "lifecycle: expiration before its transition, by date",
    `${RULE}.expiration`,
    rule({ transitions: [{ storageClass: "GLACIER", date: MARCH }], expiration: { date: JANUARY } }),
  ),
  refused(
    "lifecycle: expiration by date, transition by days",
    RULE,
    rule({ transitions: transitions(["GLACIER", 90]), expiration: { date: MARCH } }),
  ),
  refused(
    "lifecycle: delete markers by tag",
    `${RULE}.expiration.expiredObjectDeleteMarker`,
    rule({ filter: { tags: { a: "1" } }, expiration: { expiredObjectDeleteMarker: true } }),
  ),
  refused(
    "lifecycle: delete markers by size",
    `${RULE}.expiration.expiredObjectDeleteMarker`,
    rule({ filter: { objectSizeGreaterThan: 1 }, expiration: { expiredObjectDeleteMarker: true } }),
  ),
  refused(
    "lifecycle: delete markers false",
    `${RULE}.expiration.expiredObjectDeleteMarker`,
    rule({ expiration: { expiredObjectDeleteMarker: false } }),
  ),
  ...Object.entries({ tags: { a: "1" }, objectSizeGreaterThan: 1, objectSizeLessThan: 1 }).map(([field, value]) =>
    refused(
      `lifecycle: uploads by ${field}`,
      `${RULE}.abortIncompleteMultipartUpload`,
      rule({ filter: { [field]: value }, abortIncompleteMultipartUpload: { daysAfterInitiation: 7 } }),
    ),
  ),
  refused(
    "lifecycle: sizes that exclude each other",
    `${RULE}.filter.objectSizeLessThan`,
    rule({ filter: { objectSizeGreaterThan: 5, objectSizeLessThan: 5 }, expiration: { days: 1 } }),
  ),
  refused(
    "lifecycle: tag key empty",
    `${RULE}.filter.tags`,
    rule({ filter: { tags: { "": "1" } }, expiration: { days: 1 } }),
  ),
  refused(
    "lifecycle: prefix of 1025 characters",
    `${RULE}.filter.prefix`,
    rule({ filter: { prefix: "p".repeat(1025) }, expiration: { days: 1 } }),
  ),
  refused(
    "lifecycle: noncurrent IA at 29 days",
    `${NONCURRENT}[0].noncurrentDays`,
    rule({ noncurrentVersionTransitions: noncurrent(["STANDARD_IA", 29]) }),
  ),
  refused(
    "lifecycle: noncurrent up the waterfall",
    NONCURRENT,
    rule({ noncurrentVersionTransitions: noncurrent(["GLACIER", 9], ["STANDARD_IA", 60]) }),
  ),
  refused(
    "lifecycle: noncurrent 29 days from IA to Glacier",
    NONCURRENT,
    rule({ noncurrentVersionTransitions: noncurrent(["ONEZONE_IA", 30], ["DEEP_ARCHIVE", 59]) }),
  ),
  refused(
    "lifecycle: noncurrent ONEZONE_IA and GLACIER_IR",
    NONCURRENT,
    rule({ noncurrentVersionTransitions: noncurrent(["ONEZONE_IA", 30], ["GLACIER_IR", 90]) }),
  ),
  refused(
    "lifecycle: noncurrent expiration with its transition",
    `${RULE}.noncurrentVersionExpiration.noncurrentDays`,
    rule({
      noncurrentVersionTransitions: noncurrent(["GLACIER", 90]),
      noncurrentVersionExpiration: { noncurrentDays: 90 },
    }),
  ),
  refused(
    "lifecycle: 101 newer versions",
    `${RULE}.noncurrentVersionExpiration.newerNoncurrentVersions`,
    rule({ noncurrentVersionExpiration: { noncurrentDays: 1, newerNoncurrentVersions: 101 } }),
  ),
];

const CORS = "spec.cors.rules[0]";
const cors = (extra: Spec): Spec => ({
  cors: { rules: [{ allowedOrigins: ["*"], allowedMethods: ["GET"], ...extra }] },
});

export const CORS_ROWS: Row[] = [
  accepted("cors: everything", {
    cors: {
      rules: [
        {
          id: "web",
          allowedOrigins: ["https://app.example.com", "https://*.example.com"],
          allowedMethods: ["GET", "PUT", "POST", "DELETE", "HEAD"],
          allowedHeaders: ["*", "x-amz-*"],
          exposeHeaders: ["ETag"],
          maxAgeSeconds: 0,
        },
        { allowedOrigins: ["*"], allowedMethods: ["GET"] },
      ],
    },
  }),
  accepted("cors: beside the rules of others", {
    cors: { unmanagedRules: "Keep", rules: [{ id: "web", allowedOrigins: ["*"], allowedMethods: ["GET"] }] },
  }),
  refused("cors: beside the rules of others, without an id", "spec.cors.rules", {
    cors: { unmanagedRules: "Keep", rules: [{ allowedOrigins: ["*"], allowedMethods: ["GET"] }] },
  }),
  refused("cors: ids not unique", "spec.cors.rules", {
    cors: { rules: ["GET", "PUT"].map((method) => ({ id: "a", allowedOrigins: ["*"], allowedMethods: [method] })) },
  }),
  refused("cors: no rules", "spec.cors.rules", { cors: { rules: [] } }),
  refused("cors: 101 rules", "spec.cors.rules", {
    cors: { rules: Array.from({ length: 101 }, () => ({ allowedOrigins: ["*"], allowedMethods: ["GET"] })) },
  }),
  refused("cors: origins absent", `${CORS}.allowedOrigins`, { cors: { rules: [{ allowedMethods: ["GET"] }] } }),
  refused("cors: origins empty", `${CORS}.allowedOrigins`, cors({ allowedOrigins: [] })),
  refused(
    "cors: origin with two wildcards",
    `${CORS}.allowedOrigins[0]`,
    cors({ allowedOrigins: ["https://*.*.example.com"] }),
  ),
  refused("cors: method OPTIONS", `${CORS}.allowedMethods[0]`, cors({ allowedMethods: ["OPTIONS"] })),
  refused("cors: header with two wildcards", `${CORS}.allowedHeaders[0]`, cors({ allowedHeaders: ["x-*-*"] })),
  refused("cors: exposed wildcard", `${CORS}.exposeHeaders[0]`, cors({ exposeHeaders: ["*"] })),
  refused("cors: age below zero", `${CORS}.maxAgeSeconds`, cors({ maxAgeSeconds: -1 })),
];
