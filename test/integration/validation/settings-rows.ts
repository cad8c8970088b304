/** S3Bucket: object lock, logging, replication, website, and the settings with a single value. */

import { accepted, refused, type Row, type Spec } from "./table.ts";

const KEY = "arn:aws:kms:eu-west-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const ACKNOWLEDGED = { acknowledgeCompliance: "NotEvenRootCanDelete" };

const lock = (objectLock: Spec): Spec => ({ versioning: "Enabled", objectLock });

export const OBJECT_LOCK_ROWS: Row[] = [
  accepted("objectLock: GOVERNANCE by days", lock({ mode: "GOVERNANCE", days: 36500 })),
  accepted("objectLock: COMPLIANCE by years", lock({ mode: "COMPLIANCE", years: 100, ...ACKNOWLEDGED })),
  accepted("objectLock: no default retention", lock({ mode: "None" })),
  accepted("objectLock: an event hold", lock({ mode: "None", defaultEventHold: { days: 36500 } })),
  accepted("objectLock: no event hold", lock({ mode: "GOVERNANCE", days: 1, defaultEventHold: {} })),
  refused(
    "objectLock: an event hold of two periods",
    "spec.objectLock.defaultEventHold",
    lock({
      mode: "None",
      defaultEventHold: { days: 1, years: 1 },
    }),
  ),
  refused(
    "objectLock: an event hold of no days",
    "spec.objectLock.defaultEventHold.days",
    lock({
      mode: "None",
      defaultEventHold: { days: 0 },
    }),
  ),
  refused("objectLock: mode absent", "spec.objectLock.mode", lock({ days: 1 })),
  refused("objectLock: no period", "spec.objectLock", lock({ mode: "GOVERNANCE" })),
  refused("objectLock: two periods", "spec.objectLock", lock({ mode: "GOVERNANCE", days: 1, years: 1 })),
  refused("objectLock: a period with mode None", "spec.objectLock", lock({ mode: "None", days: 1 })),
  refused("objectLock: 36501 days", "spec.objectLock.days", lock({ mode: "GOVERNANCE", days: 36501 })),
  refused("objectLock: 101 years", "spec.objectLock.years", lock({ mode: "GOVERNANCE", years: 101 })),
  refused(
    "objectLock: COMPLIANCE not acknowledged",
    "spec.objectLock.acknowledgeCompliance",
    lock({ mode: "COMPLIANCE", days: 1 }),
  ),
  refused(
    "objectLock: COMPLIANCE acknowledged in other words",
    "spec.objectLock.acknowledgeCompliance",
    lock({ mode: "COMPLIANCE", days: 1, acknowledgeCompliance: "yes" }),
  ),
  refused(
    "objectLock: acknowledged for GOVERNANCE",
    "spec.objectLock.acknowledgeCompliance",
    lock({ mode: "GOVERNANCE", days: 1, ...ACKNOWLEDGED }),
  ),
  refused("objectLock: without versioning", "spec.versioning", { objectLock: { mode: "None" } }),
  refused("objectLock: versioning suspended", "spec.versioning", {
    versioning: "Suspended",
    objectLock: { mode: "None" },
  }),
];

const FORMAT = "spec.logging.targetObjectKeyFormat";
const byDate = (partitionDateSource: string): Spec => ({ partitionedPrefix: { partitionDateSource } });
const format = (targetObjectKeyFormat: Spec): Spec => ({ logging: { targetBucket: "logs", targetObjectKeyFormat } });

export const LOGGING_ROWS: Row[] = [
  accepted("logging: least", { logging: { targetBucket: "acme.logs" } }),
  accepted("logging: with a prefix, by date", {
    logging: { targetBucket: "logs", targetPrefix: "docs/", targetObjectKeyFormat: byDate("EventTime") },
  }),
  accepted("logging: simplePrefix", format({ simplePrefix: {} })),
  accepted("logging: to itself with a prefix", {
    bucketName: "acme-docs",
    logging: { targetBucket: "acme-docs", targetPrefix: "logs/" },
  }),
  ...[{}, { targetPrefix: "" }].map((prefix) =>
    refused(`logging: to itself with ${JSON.stringify(prefix)}`, "spec.logging.targetPrefix", {
      bucketName: "acme-docs",
      logging: { targetBucket: "acme-docs", ...prefix },
    }),
  ),
  refused("logging: target absent", "spec.logging.targetBucket", { logging: { targetPrefix: "docs/" } }),
  refused("logging: target by ARN", "spec.logging.targetBucket", { logging: { targetBucket: "arn:aws:s3:::logs" } }),
  refused("logging: format empty", FORMAT, format({})),
  refused("logging: two formats", FORMAT, format({ simplePrefix: {}, ...byDate("EventTime") })),
  refused("logging: date unknown", `${FORMAT}.partitionedPrefix.partitionDateSource`, format(byDate("Now"))),
];

const RULE = "spec.replication.rules[0]";
const TARGET = { bucket: "arn:aws:s3:::backup" };
const ROLE = "arn:aws:iam::111122223333:role/service-role/replication";
const replication = (...rules: Spec[]): Spec => ({ versioning: "Enabled", replication: { roleArn: ROLE, rules } });
const rule = (extra: Spec): Spec => ({ id: "r", priority: 1, status: "Enabled", destination: TARGET, ...extra });
const to = (extra: Spec): Spec => replication(rule({ destination: { ...TARGET, ...extra } }));
const SSE_KMS = { sourceSelectionCriteria: { sseKmsEncryptedObjects: "Enabled" } };

export const REPLICATION_ROWS: Row[] = [
  accepted(
    "replication: to another account, everything",
    replication(
      rule({
        filter: { prefix: "raw/" },
        deleteMarkerReplication: "Enabled",
        sourceSelectionCriteria: { sseKmsEncryptedObjects: "Enabled", replicaModifications: "Enabled" },
        destination: {
          ...TARGET,
          account: "444455556666",
          accessControlTranslation: { owner: "Destination" },
          storageClass: "STANDARD",
          replicaKmsKeyArn: KEY,
          replicationTime: "Enabled",
          metrics: "Enabled",
        },
      }),
      { id: "rest", priority: 0, status: "Disabled", destination: TARGET },
    ),
  ),
  accepted("replication: by tag", replication(rule({ filter: { tags: { a: "1" } } }))),
  accepted("replication: all but", replication(rule({ filter: { prefix: "a/", not: { prefixes: ["a/b/"] } } }))),
  accepted("replication: all but by tag", replication(rule({ filter: { not: { tags: [{ key: "a", value: "" }] } } }))),
  accepted("replication: nothing left out", replication(rule({ filter: { not: {} } }))),
  accepted(
    "replication: the related key of a multi-Region key",
    replication(rule({ ...SSE_KMS, destination: { ...TARGET, useSourceMultiRegionKey: "Enabled" } })),
  ),
  refused("replication: without versioning", "spec.versioning", {
    replication: { roleArn: ROLE, rules: [rule({})] },
  }),
  refused("replication: a role's name for its ARN", "spec.replication.roleArn", {
    versioning: "Enabled",
    replication: { roleArn: "replication", rules: [rule({})] },
  }),
  refused("replication: no rules", "spec.replication.rules", replication()),
  refused("replication: ids not unique", "spec.replication.rules[1]", replication(rule({}), rule({ priority: 2 }))),
  refused("replication: priorities not unique", "spec.replication.rules", replication(rule({}), rule({ id: "s" }))),
  refused("replication: priority absent", `${RULE}.priority`, {
    versioning: "Enabled",
    replication: { roleArn: ROLE, rules: [{ id: "r", status: "Enabled", destination: TARGET }] },
  }),
  accepted("replication: prefix empty", replication(rule({ filter: { prefix: "" } }))),
  accepted("replication: reduced redundancy", to({ storageClass: "REDUCED_REDUNDANCY" })),
  refused("replication: filter empty", `${RULE}.filter`, replication(rule({ filter: {} }))),
  refused("replication: tag key empty", `${RULE}.filter.tags`, replication(rule({ filter: { tags: { "": "1" } } }))),
  refused(
    "replication: delete markers by tag",
    `${RULE}.deleteMarkerReplication`,
    replication(rule({ filter: { tags: { a: "1" } }, deleteMarkerReplication: "Enabled" })),
  ),
  refused(
    "replication: delete markers where objects are left out by tag",
    `${RULE}.deleteMarkerReplication`,
    replication(rule({ filter: { not: { tags: [{ key: "a", value: "1" }] } }, deleteMarkerReplication: "Enabled" })),
  ),
  refused(
    "replication: a prefix left out twice",
    `${RULE}.filter.not.prefixes[1]`,
    replication(rule({ filter: { not: { prefixes: ["a", "a"] } } })),
  ),
  refused(
    "replication: a related key without SSE-KMS",
    `${RULE}.destination.replicaKmsKeyArn`,
    to({ useSourceMultiRegionKey: "Enabled" }),
  ),
  refused("replication: SSE-KMS without a key", `${RULE}.destination.replicaKmsKeyArn`, replication(rule(SSE_KMS))),
  refused("replication: a key without SSE-KMS", `${RULE}.destination.replicaKmsKeyArn`, to({ replicaKmsKeyArn: KEY })),
  accepted(
    "replication: the ARN of a key's alias",
    replication(
      rule({ ...SSE_KMS, destination: { ...TARGET, replicaKmsKeyArn: KEY.replace(/key\/.*/, "alias/team/backup") } }),
    ),
  ),
  refused(
    "replication: a key's alias for its ARN",
    `${RULE}.destination.replicaKmsKeyArn`,
    replication(rule({ ...SSE_KMS, destination: { ...TARGET, replicaKmsKeyArn: "alias/backup" } })),
  ),
  refused("replication: a bucket's name for its ARN", `${RULE}.destination.bucket`, to({ bucket: "backup" })),
  refused(
    "replication: another owner of an unnamed account",
    `${RULE}.destination.account`,
    to({ accessControlTranslation: { owner: "Destination" } }),
  ),
  refused("replication: account of 11 digits", `${RULE}.destination.account`, to({ account: "11112222333" })),
  refused(
    "replication: 15 minutes without metrics",
    `${RULE}.destination.metrics`,
    to({ replicationTime: "Enabled", metrics: "Disabled" }),
  ),
];

const RULES = "spec.website.routingRules[0]";
const site = (extra: Spec): Spec => ({ website: { indexDocument: "index.html", ...extra } });
const routing = (condition: Spec, redirect: Spec): Spec => site({ routingRules: [{ condition, redirect }] });
const DOCS = { keyPrefixEquals: "docs/" };

export const WEBSITE_ROWS: Row[] = [
  accepted(
    "website: documents and redirects",
    site({
      errorDocument: "errors/404.html",
      routingRules: [
        { condition: DOCS, redirect: { replaceKeyPrefixWith: "" } },
        {
          condition: { httpErrorCodeReturnedEquals: "404" },
          redirect: {
            hostName: "www.example.com:8080",
            httpRedirectCode: "302",
            protocol: "https",
            replaceKeyWith: "x",
          },
        },
        { redirect: { httpRedirectCode: "399" } },
      ],
    }),
  ),
  accepted("website: another host", {
    website: { redirectAllRequestsTo: { hostName: "www.example.com", protocol: "https" } },
  }),
  refused("website: empty", "spec.website", { website: {} }),
  refused("website: documents and another host", "spec.website", site({ redirectAllRequestsTo: { hostName: "a.b" } })),
  refused("website: another host and an error page", "spec.website.redirectAllRequestsTo", {
    website: { redirectAllRequestsTo: { hostName: "a.b" }, errorDocument: "error.html" },
  }),
  refused("website: index in a folder", "spec.website.indexDocument", { website: { indexDocument: "a/index.html" } }),
  refused("website: a URL for a host", "spec.website.redirectAllRequestsTo.hostName", {
    website: { redirectAllRequestsTo: { hostName: "https://www.example.com/" } },
  }),
  refused("website: 51 rules", "spec.website.routingRules", {
    website: {
      indexDocument: "index.html",
      routingRules: Array.from({ length: 51 }, () => ({ redirect: { protocol: "https" } })),
    },
  }),
  refused("website: a condition that is empty", `${RULES}.condition`, routing({}, { protocol: "https" })),
  refused(
    "website: a condition on a code that is not an error",
    `${RULES}.condition.httpErrorCodeReturnedEquals`,
    routing({ httpErrorCodeReturnedEquals: "200" }, { protocol: "https" }),
  ),
  refused("website: a redirect to the same", `${RULES}.redirect`, routing(DOCS, {})),
  ...["hashicorp.com?my=query", "example.com/path", "a.b:8080/c"].map((hostName) =>
    accepted(`website: a redirect to ${hostName}`, routing(DOCS, { hostName })),
  ),
  refused("website: a host with a space", `${RULES}.redirect.hostName`, routing(DOCS, { hostName: "a b" })),
  accepted("website: empty prefix and key", routing({ keyPrefixEquals: "" }, { replaceKeyWith: "" })),
  refused("website: two keys", `${RULES}.redirect`, routing(DOCS, { replaceKeyPrefixWith: "a/", replaceKeyWith: "b" })),
  refused(
    "website: a redirect by 300",
    `${RULES}.redirect.httpRedirectCode`,
    routing(DOCS, { httpRedirectCode: "300" }),
  ),
];

export const WORD_ROWS: Row[] = [
  accepted("switches at one value", { accelerate: "Enabled", requestPayment: "Requester", abac: "Enabled" }),
  accepted("switches at the other value", { accelerate: "Suspended", requestPayment: "BucketOwner", abac: "Disabled" }),
  accepted("accelerate suspended with periods", { bucketName: "acme.docs", accelerate: "Suspended" }),
  refused("accelerate with periods", "spec.accelerate", { bucketName: "acme.docs", accelerate: "Enabled" }),
  refused("accelerate unknown", "spec.accelerate", { accelerate: "Disabled" }),
  refused("requestPayment unknown", "spec.requestPayment", { requestPayment: "Unclaimed" }),
  refused("abac unknown", "spec.abac", { abac: "On" }),
];
