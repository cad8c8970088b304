/** S3Bucket: notifications, and the settings that are lists of configurations. */

import { accepted, refused, type Row, type Spec } from "./table.ts";

const QUEUE = "arn:aws:sqs:eu-central-1:111122223333:uploads";
const TOPIC = "arn:aws:sns:eu-central-1:111122223333:uploads";
const LAMBDA = "arn:aws:lambda:eu-central-1:111122223333:function:thumbnails";
const EVENTS = ["s3:ObjectCreated:*"];

const notifications = (notifications: Spec): Spec => ({ notifications });
/** A minimal entry of each list. */
const ENTRIES: Record<string, Spec> = {
  queues: { queueArn: QUEUE },
  topics: { topicArn: TOPIC },
  lambdaFunctions: { lambdaFunctionArn: LAMBDA },
};
const entry = (list: string, extra: Spec = {}): Spec => ({ id: "a", events: EVENTS, ...ENTRIES[list], ...extra });
const one = (list: string, extra: Spec): Spec => notifications({ [list]: [entry(list, extra)] });

export const NOTIFICATION_ROWS: Row[] = [
  accepted(
    "notifications: everything",
    notifications({
      queues: [entry("queues", { filter: { prefix: "uploads/", suffix: ".pdf" } })],
      topics: [entry("topics", { id: "b", events: ["s3:LifecycleTransition", "s3:ObjectAcl:Put"] })],
      lambdaFunctions: [entry("lambdaFunctions", { id: "c", lambdaFunctionArn: `${LAMBDA}:live` })],
      eventBridge: "Enabled",
      unmanagedConfigurations: "Remove",
    }),
  ),
  accepted("notifications: none at all", notifications({ unmanagedConfigurations: "Remove" })),
  accepted("notifications: EventBridge only", notifications({ eventBridge: "Disabled" })),
  refused("notifications: EventBridge by true", "spec.notifications.eventBridge", notifications({ eventBridge: true })),
  ...Object.keys(ENTRIES).flatMap((list) => {
    const at = `spec.notifications.${list}[0]`;
    const [arn = ""] = Object.keys(ENTRIES[list] ?? {});
    return [
      refused(`notifications: ${list}: an id twice`, `spec.notifications.${list}[1]`, {
        notifications: { [list]: [entry(list), entry(list)] },
      }),
      refused(`notifications: ${list}: another service's ARN`, `${at}.${arn}`, one(list, { [arn]: "arn:aws:s3:::a" })),
      refused(`notifications: ${list}: no events`, `${at}.events`, one(list, { events: [] })),
      refused(
        `notifications: ${list}: event unknown`,
        `${at}.events[0]`,
        one(list, { events: ["s3:ObjectCreated:Patch"] }),
      ),
      refused(`notifications: ${list}: filter empty`, `${at}.filter`, one(list, { filter: {} })),
      accepted(`notifications: ${list}: prefix empty`, one(list, { filter: { prefix: "", suffix: "" } })),
    ];
  }),
  refused(
    "notifications: a FIFO queue",
    "spec.notifications.queues[0].queueArn",
    one("queues", { queueArn: `${QUEUE}.fifo` }),
  ),
  refused(
    "notifications: a FIFO topic",
    "spec.notifications.topics[0].topicArn",
    one("topics", { topicArn: `${TOPIC}.fifo` }),
  ),
  ...[
    ["queues", "topics"],
    ["queues", "lambdaFunctions"],
    ["topics", "lambdaFunctions"],
  ].map(([a = "", b = ""]) =>
    refused(`notifications: one id in ${a} and ${b}`, "spec.notifications", {
      notifications: { [a]: [entry(a)], [b]: [entry(b)] },
    }),
  ),
];

const TIERINGS = [{ accessTier: "ARCHIVE_ACCESS", days: 90 }];
const DESTINATION = { bucket: "arn:aws:s3:::reports", format: "CSV" };
/** A minimal configuration of each setting, without its ID. */
const LEAST: Record<string, Spec> = {
  intelligentTiering: { status: "Enabled", tierings: TIERINGS },
  inventory: { includedObjectVersions: "All", frequency: "Daily", destination: DESTINATION },
  metrics: {},
  analytics: {},
};
const configured = (setting: string, ...configurations: Spec[]): Spec => ({
  [setting]: { configurations: configurations.map((extra) => ({ id: "c", ...LEAST[setting], ...extra })) },
});
const at = (setting: string): string => `spec.${setting}.configurations[0]`;

const COMMON_ROWS: Row[] = Object.keys(LEAST).flatMap((setting) => [
  accepted(`${setting}: least`, configured(setting, {}, { id: "Entire_Bucket-2.0" })),
  accepted(`${setting}: none at all`, { [setting]: { configurations: [], unmanagedConfigurations: "Remove" } }),
  refused(`${setting}: an id twice`, `spec.${setting}.configurations[1]`, configured(setting, {}, {})),
  refused(`${setting}: id with a space`, `${at(setting)}.id`, configured(setting, { id: "entire bucket" })),
  refused(`${setting}: id of 65 characters`, `${at(setting)}.id`, configured(setting, { id: "i".repeat(65) })),
  refused(`${setting}: 101 configurations`, `spec.${setting}.configurations`, {
    [setting]: { configurations: Array.from({ length: 101 }, (_, n) => ({ id: `${n}`, ...LEAST[setting] })) },
  }),
]);

const FILTER_ROWS: Row[] = ["intelligentTiering", "metrics", "analytics"].flatMap((setting) => [
  accepted(`${setting}: by prefix and tags`, configured(setting, { filter: { prefix: "raw/", tags: { a: "" } } })),
  refused(`${setting}: filter empty`, `${at(setting)}.filter`, configured(setting, { filter: {} })),
  refused(
    `${setting}: tag key empty`,
    `${at(setting)}.filter.tags`,
    configured(setting, { filter: { tags: { "": "1" } } }),
  ),
  accepted(`${setting}: prefix empty`, configured(setting, { filter: { prefix: "" } })),
]);

const tiering = (...tierings: Spec[]): Spec => configured("intelligentTiering", { tierings });
const inventoryTo = (extra: Spec): Spec => configured("inventory", { destination: { ...DESTINATION, ...extra } });
const exportTo = (extra: Spec): Spec =>
  configured("analytics", { dataExport: { bucket: "arn:aws:s3:::reports", ...extra } });
const KEY = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const INVENTORY = `${at("inventory")}.destination`;
const EXPORT = `${at("analytics")}.dataExport`;

export const CONFIGURATION_ROWS: Row[] = [
  ...COMMON_ROWS,
  ...FILTER_ROWS,
  accepted("intelligentTiering: both tiers", tiering(...TIERINGS, { accessTier: "DEEP_ARCHIVE_ACCESS", days: 730 })),
  refused("intelligentTiering: no tier", `${at("intelligentTiering")}.tierings`, tiering()),
  refused(
    "intelligentTiering: a tier twice",
    `${at("intelligentTiering")}.tierings[1]`,
    tiering(...TIERINGS, ...TIERINGS),
  ),
  refused(
    "intelligentTiering: at 89 days",
    `${at("intelligentTiering")}.tierings[0].days`,
    tiering({ accessTier: "ARCHIVE_ACCESS", days: 89 }),
  ),
  refused(
    "intelligentTiering: deep at 179 days",
    `${at("intelligentTiering")}.tierings[0].days`,
    tiering({ accessTier: "DEEP_ARCHIVE_ACCESS", days: 179 }),
  ),

  accepted(
    "inventory: everything",
    configured("inventory", {
      isEnabled: false,
      filter: { prefix: "raw/" },
      optionalFields: ["Size", "ETag"],
      destination: {
        ...DESTINATION,
        accountId: "444455556666",
        prefix: "inventory/",
        encryption: { sseAlgorithm: "aws:kms", kmsKeyArn: KEY },
      },
    }),
  ),
  refused(
    "inventory: field unknown",
    `${at("inventory")}.optionalFields[0]`,
    configured("inventory", { optionalFields: ["Colour"] }),
  ),
  refused("inventory: to a bucket's name", `${INVENTORY}.bucket`, inventoryTo({ bucket: "reports" })),
  refused("inventory: to an account's name", `${INVENTORY}.accountId`, inventoryTo({ accountId: "production" })),
  refused("inventory: format unknown", `${INVENTORY}.format`, inventoryTo({ format: "JSON" })),
  refused(
    "inventory: KMS without a key",
    `${INVENTORY}.encryption.kmsKeyArn`,
    inventoryTo({ encryption: { sseAlgorithm: "aws:kms" } }),
  ),
  refused(
    "inventory: a key without KMS",
    `${INVENTORY}.encryption.kmsKeyArn`,
    inventoryTo({ encryption: { sseAlgorithm: "AES256", kmsKeyArn: KEY } }),
  ),
  refused(
    "inventory: a key's id for its ARN",
    `${INVENTORY}.encryption.kmsKeyArn`,
    inventoryTo({ encryption: { sseAlgorithm: "aws:kms", kmsKeyArn: "1234abcd" } }),
  ),

  accepted(
    "metrics: by access point",
    configured("metrics", {
      filter: { accessPointArn: "arn:aws:s3:eu-central-1:111122223333:accesspoint/readers", prefix: "raw/" },
    }),
  ),
  refused(
    "metrics: a bucket for an access point",
    `${at("metrics")}.filter.accessPointArn`,
    configured("metrics", { filter: { accessPointArn: "arn:aws:s3:::docs" } }),
  ),

  accepted("analytics: everything", exportTo({ bucketAccountId: "444455556666", prefix: "analytics/" })),
  refused("analytics: to a bucket's name", `${EXPORT}.bucket`, exportTo({ bucket: "reports" })),
  refused("analytics: to an account's name", `${EXPORT}.bucketAccountId`, exportTo({ bucketAccountId: "production" })),
];
