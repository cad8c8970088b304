import fc from "fast-check";
import type { S3BucketSpec } from "../../api/types.ts";

/** Arbitrary values of the settings that are lists or single words. */

type Spec = Required<S3BucketSpec>;
type Item<List> = NonNullable<List> extends readonly (infer Entry)[] ? Entry : never;

/** Leaves out absent fields, instead of setting them to undefined. */
export function optional<T>(
  arbitraries: { [Field in keyof T]-?: fc.Arbitrary<NonNullable<T[Field]>> },
  requiredKeys: (keyof T)[] = [],
): fc.Arbitrary<T> {
  return fc.record(arbitraries, { requiredKeys }) as fc.Arbitrary<T>;
}

export function some<T>(item: fc.Arbitrary<T>, maxLength = 4, minLength = 1): fc.Arbitrary<T[]> {
  return fc.uniqueArray(item, { minLength, maxLength, comparator: "SameValue" });
}

export const word = fc.stringMatching(/^[A-Za-z0-9]{1,8}$/);

function byId<T extends { id: string }>(item: fc.Arbitrary<T>, minLength = 0): fc.Arbitrary<T[]> {
  return fc.uniqueArray(item, { minLength, maxLength: 4, selector: ({ id }) => id });
}

const onOff = fc.constantFrom("Enabled" as const, "Disabled" as const);
const keepOrRemove = fc.constantFrom("Keep" as const, "Remove" as const);
const prefix = fc.constantFrom("raw/", "raw", "curated/");
const tags = fc.dictionary(word, word, { minKeys: 1, maxKeys: 3 });
const objectFilter = fc.oneof(
  fc.record({ prefix }),
  fc.record({ tags }),
  fc.record({ prefix, tags }, { requiredKeys: ["prefix", "tags"] }),
);
const bucketArn = fc.constantFrom("arn:aws:s3:::a-bucket", "arn:aws:s3:::b-bucket");
const kmsKeyArn = fc.constant("arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab");
const account = fc.constant("444455556666");

function configurations<T extends { id: string }>(configuration: fc.Arbitrary<T>) {
  return fc.record(
    { configurations: byId(configuration), unmanagedConfigurations: keepOrRemove },
    { requiredKeys: ["configurations"] },
  );
}

const period = fc.integer({ min: 1, max: 9 });
const defaultEventHold = fc.oneof(fc.constant({}), fc.record({ days: period }), fc.record({ years: period }));
const objectLock: fc.Arbitrary<Spec["objectLock"]> = fc.oneof(
  fc.record(
    { mode: fc.constant("GOVERNANCE" as const), days: period, defaultEventHold },
    { requiredKeys: ["mode", "days"] },
  ),
  fc.record(
    { mode: fc.constant("COMPLIANCE" as const), years: period, defaultEventHold },
    { requiredKeys: ["mode", "years"] },
  ),
  fc.record({ mode: fc.constant("None" as const), defaultEventHold }, { requiredKeys: ["mode"] }),
);

const logging = optional<Spec["logging"]>(
  {
    targetBucket: fc.constantFrom("logs", "more-logs"),
    targetPrefix: fc.constantFrom("", "logs/"),
    targetObjectKeyFormat: fc.oneof(
      fc.constant({ simplePrefix: {} }),
      fc.record({
        partitionedPrefix: fc.record({ partitionDateSource: fc.constantFrom("EventTime", "DeliveryTime") }),
      }),
    ),
  },
  ["targetBucket"],
);

const common = {
  id: word,
  events: some(fc.constantFrom("s3:ObjectCreated:*", "s3:ObjectRemoved:Delete", "s3:LifecycleTransition")),
  filter: fc.oneof(fc.record({ prefix }), fc.record({ suffix: prefix }), fc.record({ prefix, suffix: prefix })),
};
const notifications = optional<Spec["notifications"]>({
  queues: byId(
    optional<Item<Spec["notifications"]["queues"]>>(
      { ...common, queueArn: fc.constant("arn:aws:sqs:eu-central-1:111122223333:q") },
      ["id", "events", "queueArn"],
    ),
  ),
  topics: byId(
    optional<Item<Spec["notifications"]["topics"]>>(
      { ...common, topicArn: fc.constant("arn:aws:sns:eu-central-1:111122223333:t") },
      ["id", "events", "topicArn"],
    ),
  ),
  lambdaFunctions: byId(
    optional<Item<Spec["notifications"]["lambdaFunctions"]>>(
      { ...common, lambdaFunctionArn: fc.constant("arn:aws:lambda:eu-central-1:111122223333:function:f") },
      ["id", "events", "lambdaFunctionArn"],
    ),
  ),
  eventBridge: onOff,
  unmanagedConfigurations: keepOrRemove,
});

const intelligentTiering = configurations(
  optional<Item<Spec["intelligentTiering"]["configurations"]>>(
    {
      id: word,
      status: onOff,
      filter: objectFilter,
      tierings: fc.uniqueArray(
        fc.record({
          accessTier: fc.constantFrom("ARCHIVE_ACCESS", "DEEP_ARCHIVE_ACCESS"),
          days: fc.integer({ min: 180, max: 730 }),
        }),
        { minLength: 1, maxLength: 2, selector: ({ accessTier }) => accessTier },
      ),
    },
    ["id", "status", "tierings"],
  ),
);

const not = optional({
  prefixes: some(fc.constantFrom("raw/tmp/", "raw/old/", "tmp/"), 2),
  tags: fc.uniqueArray(fc.record({ key: word, value: word }), {
    minLength: 1,
    maxLength: 2,
    selector: ({ key, value }) => `${key}=${value}`,
  }),
});
const replicationRule = optional<Item<Spec["replication"]["rules"]>>(
  {
    id: word,
    priority: fc.nat(9),
    status: onOff,
    filter: fc.oneof(objectFilter, fc.record({ prefix, tags, not }, { requiredKeys: ["not"] })),
    deleteMarkerReplication: onOff,
    sourceSelectionCriteria: optional({ sseKmsEncryptedObjects: onOff, replicaModifications: onOff }),
    destination: optional<Item<Spec["replication"]["rules"]>["destination"]>(
      {
        bucket: bucketArn,
        account,
        accessControlTranslation: fc.constant({ owner: "Destination" }),
        storageClass: fc.constantFrom("STANDARD", "GLACIER"),
        replicaKmsKeyArn: kmsKeyArn,
        useSourceMultiRegionKey: onOff,
        replicationTime: onOff,
        metrics: onOff,
      },
      ["bucket"],
    ),
  },
  ["id", "priority", "status", "destination"],
);

const inventory = configurations(
  optional<Item<Spec["inventory"]["configurations"]>>(
    {
      id: word,
      isEnabled: fc.boolean(),
      includedObjectVersions: fc.constantFrom("All", "Current"),
      frequency: fc.constantFrom("Daily", "Weekly"),
      filter: fc.record({ prefix }),
      optionalFields: some(fc.constantFrom("Size", "ETag", "StorageClass"), 3, 0),
      destination: optional<Item<Spec["inventory"]["configurations"]>["destination"]>(
        {
          bucket: bucketArn,
          accountId: account,
          prefix,
          format: fc.constantFrom("CSV", "Parquet"),
          encryption: fc.oneof(
            fc.constant({ sseAlgorithm: "AES256" as const }),
            fc.record({ sseAlgorithm: fc.constant("aws:kms" as const), kmsKeyArn }),
          ),
        },
        ["bucket", "format"],
      ),
    },
    ["id", "includedObjectVersions", "frequency", "destination"],
  ),
);

const accessPointArn = fc.constant("arn:aws:s3:eu-central-1:111122223333:accesspoint/readers");
const metrics = configurations(
  optional<Item<Spec["metrics"]["configurations"]>>(
    {
      id: word,
      filter: fc.oneof(
        objectFilter,
        fc.record({ accessPointArn }),
        fc.record({ prefix, tags, accessPointArn }, { requiredKeys: ["prefix"] }),
      ),
    },
    ["id"],
  ),
);

const analytics = configurations(
  optional<Item<Spec["analytics"]["configurations"]>>(
    {
      id: word,
      filter: objectFilter,
      dataExport: fc.record({ bucket: bucketArn, bucketAccountId: account, prefix }, { requiredKeys: ["bucket"] }),
    },
    ["id"],
  ),
);

const protocol = fc.constantFrom("http" as const, "https" as const);
const hostName = fc.constant("www.example.com");
const routingRule = optional<Item<Spec["website"]["routingRules"]>>(
  {
    condition: fc.oneof(
      fc.record({ keyPrefixEquals: prefix }),
      fc.record({ httpErrorCodeReturnedEquals: fc.constant("404") }),
    ),
    redirect: fc.oneof(
      fc.record(
        { hostName, protocol, httpRedirectCode: fc.constant("302"), replaceKeyWith: word },
        { requiredKeys: ["hostName"] },
      ),
      fc.record({ hostName, replaceKeyPrefixWith: fc.constantFrom("", "docs/") }),
    ),
  },
  ["redirect"],
);
const website: fc.Arbitrary<Spec["website"]> = fc.oneof(
  fc.record(
    {
      indexDocument: fc.constant("index.html"),
      errorDocument: fc.constant("error.html"),
      routingRules: fc.array(routingRule, { minLength: 1, maxLength: 3 }),
    },
    { requiredKeys: ["indexDocument"] },
  ),
  fc.record({ redirectAllRequestsTo: fc.record({ hostName, protocol }, { requiredKeys: ["hostName"] }) }),
);

export const ARBITRARY_SETTINGS = {
  objectLock,
  logging,
  notifications,
  intelligentTiering,
  replication: fc.record({
    roleArn: fc.constantFrom("arn:aws:iam::111122223333:role/a", "arn:aws:iam::111122223333:role/b"),
    rules: byId(replicationRule, 1),
  }),
  inventory,
  metrics,
  analytics,
  accelerate: fc.constantFrom("Enabled", "Suspended"),
  requestPayment: fc.constantFrom("BucketOwner", "Requester"),
  website,
  abac: onOff,
} satisfies { [Name in keyof Spec]?: fc.Arbitrary<Spec[Name]> };
