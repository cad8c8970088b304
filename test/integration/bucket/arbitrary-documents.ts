import {
  PutBucketAbacCommand,
  PutBucketAccelerateConfigurationCommand,
  PutBucketAnalyticsConfigurationCommand,
  PutBucketCorsCommand,
  PutBucketEncryptionCommand,
  PutBucketIntelligentTieringConfigurationCommand,
  PutBucketInventoryConfigurationCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketLoggingCommand,
  PutBucketMetricsConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutBucketReplicationCommand,
  PutBucketRequestPaymentCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutBucketWebsiteCommand,
  PutObjectLockConfigurationCommand,
  PutPublicAccessBlockCommand,
} from "@aws-sdk/client-s3";
import fc from "fast-check";
import type { Prerequisites } from "../support/world/prerequisites.ts";

/** Documents for the settings of one bucket, in S3's form. S3 may refuse each of them. */
export type Documents = Readonly<Record<string, object | undefined>>;

/** The call that writes the document of a setting. */
export const PUTS: Readonly<Record<string, new (input: never) => object>> = {
  tags: PutBucketTaggingCommand,
  publicAccessBlock: PutPublicAccessBlockCommand,
  objectOwnership: PutBucketOwnershipControlsCommand,
  encryption: PutBucketEncryptionCommand,
  versioning: PutBucketVersioningCommand,
  objectLock: PutObjectLockConfigurationCommand,
  policy: PutBucketPolicyCommand,
  replication: PutBucketReplicationCommand,
  logging: PutBucketLoggingCommand,
  notifications: PutBucketNotificationConfigurationCommand,
  lifecycle: PutBucketLifecycleConfigurationCommand,
  intelligentTiering: PutBucketIntelligentTieringConfigurationCommand,
  cors: PutBucketCorsCommand,
  inventory: PutBucketInventoryConfigurationCommand,
  metrics: PutBucketMetricsConfigurationCommand,
  analytics: PutBucketAnalyticsConfigurationCommand,
  accelerate: PutBucketAccelerateConfigurationCommand,
  requestPayment: PutBucketRequestPaymentCommand,
  website: PutBucketWebsiteCommand,
  abac: PutBucketAbacCommand,
};

/** Documents with the values that S3 takes and a spec may not: empty, long, in old forms, of other names. */
export function arbitraryDocuments(named: Prerequisites): fc.Arbitrary<Documents> {
  const documents: Record<string, fc.Arbitrary<object>> = {
    tags: tagging,
    publicAccessBlock: fc.record({
      PublicAccessBlockConfiguration: fields({
        BlockPublicAcls: fc.boolean(),
        IgnorePublicAcls: fc.boolean(),
        BlockPublicPolicy: fc.boolean(),
        RestrictPublicBuckets: fc.boolean(),
      }),
    }),
    objectOwnership: fc.constantFrom("BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter").map((each) => ({
      OwnershipControls: { Rules: [{ ObjectOwnership: each }] },
    })),
    encryption: encryption(named),
    versioning: fc.constantFrom("Enabled", "Enabled", "Suspended").map((Status) => ({
      VersioningConfiguration: { Status },
    })),
    objectLock,
    policy: policy(named),
    replication: replication(named),
    logging: logging(named),
    notifications: notifications(named),
    lifecycle,
    intelligentTiering: tiering,
    cors,
    inventory: inventory(named),
    metrics,
    analytics: analytics(named),
    accelerate: onOff(["Enabled", "Suspended"], (Status) => ({ AccelerateConfiguration: { Status } })),
    requestPayment: onOff(["Requester", "BucketOwner"], (Payer) => ({ RequestPaymentConfiguration: { Payer } })),
    website,
    abac: onOff(["Enabled", "Disabled"], (Status) => ({ AbacStatus: { Status } })),
  };
  return fc.record(documents, { requiredKeys: [] });
}

/** Leaves fields out at random. */
function fields(
  arbitraries: Record<string, fc.Arbitrary<unknown>>,
  requiredKeys: string[] = [],
): fc.Arbitrary<Record<string, unknown>> {
  return fc.record(arbitraries, { requiredKeys });
}

function onOff(values: string[], toDocument: (value: string) => object): fc.Arbitrary<object> {
  return fc.constantFrom(...values).map(toDocument);
}

const text = fc.constantFrom(
  "raw/",
  "",
  "a&b <c>/",
  "ü😀",
  "x: #y",
  "-0x1F",
  "null",
  '{"a": "b"}',
  " both ",
  "\u2028\u00A0\u0007",
  "\u0085",
  "\u007F\uFEFF",
  "x".repeat(1_000),
  "é".repeat(600),
);
const id = fc.constantFrom("a", "b", "tidy up", "1", "ü", "", "x".repeat(255));
const configurationId = fc.constantFrom("a", "B", "a.b_c-d", "0", "x".repeat(64));
const status = fc.constantFrom("Enabled", "Disabled");
const days = fc.constantFrom(1, 30, 31, 90, 180, 400, 40_000);
const ACCOUNT = "444455556666";

const tags = (maxLength: number) =>
  fc.uniqueArray(
    fc.record({
      Key: fc.oneof({ weight: 9, arbitrary: fc.stringMatching(/^[a-z]{1,3}$/) }, fc.constantFrom("k".repeat(128), "ü")),
      Value: fc.constantFrom("", "v", "42", "on", "a b", "v".repeat(256)),
    }),
    { minLength: 1, maxLength, selector: ({ Key }) => Key },
  );

const tagging = fc
  .oneof(
    { weight: 3, arbitrary: tags(6) },
    fc
      .uniqueArray(fc.stringMatching(/^[a-z]{2}$/), { minLength: 38, maxLength: 42 })
      .map((keys) => keys.map((Key) => ({ Key, Value: "" }))),
  )
  .map((TagSet) => ({ Tagging: { TagSet } }));

/** One criterion bare, several in `And`, as S3 takes them. */
function filter(more: Record<string, fc.Arbitrary<unknown>> = {}): fc.Arbitrary<object> {
  const criteria = fields({ Prefix: text, Tags: fc.oneof({ weight: 3, arbitrary: tags(3) }, tags(12)), ...more });
  return criteria.map((all) => {
    const { Tags = [], ...bare } = all as { Tags?: object[] };
    const count = Tags.length + Object.keys(bare).length;
    if (count > 1) return { And: all };
    return Tags[0] === undefined ? bare : { Tag: Tags[0] };
  });
}

function encryption({ kmsKeyArn }: Prerequisites): fc.Arbitrary<object> {
  const keyId = kmsKeyArn.slice(kmsKeyArn.lastIndexOf("/") + 1);
  const aliasArn = kmsKeyArn.replace(/key\/.*/, "alias/data");
  const byDefault = fields(
    {
      SSEAlgorithm: fc.constantFrom("AES256", "aws:kms", "aws:kms:dsse"),
      KMSMasterKeyID: fc.constantFrom(kmsKeyArn, keyId, aliasArn, "alias/data"),
    },
    ["SSEAlgorithm"],
  );
  const blocked = fc.constantFrom([], ["SSE-C"], ["NONE"]).map((EncryptionType) => ({ EncryptionType }));
  return fields({
    ApplyServerSideEncryptionByDefault: byDefault,
    BucketKeyEnabled: fc.boolean(),
    BlockedEncryptionTypes: blocked,
  }).map((rule) => ({ ServerSideEncryptionConfiguration: { Rules: [rule] } }));
}

const objectLock = fields({
  DefaultRetention: fc.oneof(
    fc.record({ Mode: fc.constantFrom("GOVERNANCE", "COMPLIANCE"), Days: days }),
    fc.record({ Mode: fc.constant("GOVERNANCE"), Years: fc.constantFrom(1, 100) }),
  ),
}).map((Rule) => ({
  ObjectLockConfiguration: { ObjectLockEnabled: "Enabled", ...(Rule["DefaultRetention"] !== undefined && { Rule }) },
}));

/** Statements of another tool, and of an S3Bucket that released the bucket. BUCKET stands for the bucket's ARN. */
function policy({ roleArn }: Prerequisites): fc.Arbitrary<object> {
  const statement = fields(
    {
      Sid: fc.constantFrom("Theirs", "S3OperatorSpecShare", "S3OperatorSpec", "S3OperatorDenyInsecureTransport", ""),
      Effect: fc.constantFrom("Allow", "Deny"),
      Principal: fc.constantFrom({ AWS: roleArn }, { Service: "cloudtrail.amazonaws.com" }, { AWS: ACCOUNT }),
      Action: fc.constantFrom("s3:GetObject", ["s3:GetObject*", "s3:PutObject"], "s3:Get*"),
      Resource: fc.constantFrom("BUCKET/*", ["BUCKET", "BUCKET/raw/*"], "BUCKET*", `BUCKET/${"k".repeat(1_000)}*`),
      Condition: fc.constantFrom(
        { StringEquals: { "aws:SourceAccount": ACCOUNT } },
        { Bool: { "aws:SecureTransport": false } },
      ),
    },
    ["Effect", "Principal", "Action", "Resource"],
  );
  return fc.array(statement, { minLength: 1, maxLength: 3 }).map((Statement) => ({
    Policy: JSON.stringify({ Version: "2012-10-17", Statement }),
  }));
}

function replication({ targetArn, roleArn, kmsKeyArn }: Prerequisites): fc.Arbitrary<object> {
  const destination = fields(
    {
      Bucket: fc.constant(targetArn),
      Account: fc.constantFrom(targetArn, kmsKeyArn.split(":")[4]),
      StorageClass: fc.constantFrom("STANDARD", "STANDARD_IA", "REDUCED_REDUNDANCY", "DEEP_ARCHIVE"),
      EncryptionConfiguration: fc.constantFrom(
        { ReplicaKmsKeyID: kmsKeyArn },
        { ReplicaKmsKeyID: kmsKeyArn.replace(/key\/.*/, "alias/data") },
        { ReplicaKmsKeyID: "alias/data" },
      ),
      Metrics: fc.record({ Status: status }),
    },
    ["Bucket"],
  );
  const common = {
    ID: id,
    Status: status,
    Destination: destination,
    SourceSelectionCriteria: fc.constantFrom({ SseKmsEncryptedObjects: { Status: "Enabled" } }),
  };
  const old = fields({ ...common, Prefix: text }, ["Status", "Destination", "Prefix"]);
  const current = fields(
    {
      ...common,
      Priority: fc.constantFrom(0, 1, 2, 2_147_483_647),
      Filter: filter(),
      DeleteMarkerReplication: fc.record({ Status: status }),
    },
    ["Priority", "Status", "Filter", "DeleteMarkerReplication", "Destination"],
  );
  const rules = fc.oneof(
    fc.array(old, { minLength: 1, maxLength: 2 }),
    fc.array(current, { minLength: 1, maxLength: 2 }),
  );
  return rules.map((Rules) => ({ ReplicationConfiguration: { Role: roleArn, Rules: Rules.map(withKmsChoice) } }));
}

/** S3 takes a key only together with the choice of encrypted objects. */
function withKmsChoice(rule: Record<string, unknown>): object {
  const { EncryptionConfiguration } = rule["Destination"] as { EncryptionConfiguration?: object };
  const { SourceSelectionCriteria: _, ...rest } = rule;
  const SourceSelectionCriteria = { SseKmsEncryptedObjects: { Status: "Enabled" } };
  return EncryptionConfiguration === undefined ? rest : { ...rest, SourceSelectionCriteria };
}

function logging({ targetBucket }: Prerequisites): fc.Arbitrary<object> {
  const formats = [{ SimplePrefix: {} }, { PartitionedPrefix: { PartitionDateSource: "EventTime" } }];
  const enabled = fields(
    {
      TargetBucket: fc.constant(targetBucket),
      TargetPrefix: text,
      TargetObjectKeyFormat: fc.constantFrom(...formats),
    },
    ["TargetBucket", "TargetPrefix"],
  );
  return enabled.map((LoggingEnabled) => ({ BucketLoggingStatus: { LoggingEnabled } }));
}

function notifications({ queueArn, topicArn }: Prerequisites): fc.Arbitrary<object> {
  const key = fc
    .uniqueArray(fc.record({ Name: fc.constantFrom("prefix", "suffix", "Prefix"), Value: text }), {
      maxLength: 2,
      selector: ({ Name }) => Name.toLowerCase(),
    })
    .map((FilterRules) => ({ Key: { FilterRules } }));
  const list = (arn: string, value: string, events: string[]) =>
    fc.array(
      fields({ Id: id, [arn]: fc.constant(value), Events: fc.constantFrom([events[0]], events), Filter: key }, [
        arn,
        "Events",
      ]),
      { maxLength: 1 },
    );
  return fields({
    QueueConfigurations: list("QueueArn", queueArn, ["s3:ObjectCreated:*", "s3:ObjectRestore:Post"]),
    TopicConfigurations: list("TopicArn", topicArn, ["s3:ObjectRemoved:*", "s3:LifecycleTransition"]),
    EventBridgeConfiguration: fc.constant({}),
  }).map((NotificationConfiguration) => ({ NotificationConfiguration }));
}

const date = fc.constantFrom(new Date("2030-01-01T00:00:00Z"), new Date("2048-02-29T00:00:00Z"));
const lifecycleRule = fields(
  {
    ID: id,
    Status: status,
    Prefix: text,
    Filter: filter({
      ObjectSizeGreaterThan: fc.constantFrom(0, 1, 131_072, 2 ** 53 - 1),
      ObjectSizeLessThan: fc.constantFrom(2, 1_000_000, 5 * 2 ** 40),
    }),
    Transitions: fc.array(
      fc.oneof(
        fc.record({ Days: fc.constantFrom(0, 1, 30, 60, 90, 400), StorageClass: storageClass() }),
        fc.record({ Date: date, StorageClass: storageClass() }),
      ),
      { maxLength: 2 },
    ),
    Expiration: fc.oneof(
      fc.record({ Days: days }),
      fc.record({ Date: date }),
      fc.record({ ExpiredObjectDeleteMarker: fc.boolean() }),
    ),
    NoncurrentVersionTransitions: fc.array(
      fields({ NoncurrentDays: days, NewerNoncurrentVersions: fc.constantFrom(1, 100), StorageClass: storageClass() }, [
        "NoncurrentDays",
        "StorageClass",
      ]),
      { maxLength: 2 },
    ),
    NoncurrentVersionExpiration: fields({ NoncurrentDays: days, NewerNoncurrentVersions: fc.constantFrom(1, 100) }, [
      "NoncurrentDays",
    ]),
    AbortIncompleteMultipartUpload: fc.record({ DaysAfterInitiation: days }),
  },
  ["Status"],
).map(({ Prefix, Filter, ...rule }) => ({
  ...rule,
  ...(Filter === undefined ? { Prefix: Prefix ?? "" } : { Filter }),
}));

function storageClass(): fc.Arbitrary<string> {
  return fc.constantFrom("STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE");
}

const lifecycle = fc
  .record({
    Rules: fc.array(lifecycleRule, { minLength: 1, maxLength: 2 }),
    size: fc.constantFrom("varies_by_storage_class", "all_storage_classes_128K"),
  })
  .map(({ Rules, size }) => ({ LifecycleConfiguration: { Rules }, TransitionDefaultMinimumObjectSize: size }));

const tiering = fields(
  {
    Id: configurationId,
    Status: status,
    Filter: filter(),
    Tierings: fc.uniqueArray(
      fc.record({
        AccessTier: fc.constantFrom("ARCHIVE_ACCESS", "DEEP_ARCHIVE_ACCESS"),
        Days: fc.constantFrom(90, 180, 730),
      }),
      { minLength: 1, selector: ({ AccessTier }) => AccessTier },
    ),
  },
  ["Id", "Status", "Tierings"],
).map((each) => ({ Id: each["Id"], IntelligentTieringConfiguration: each }));

const cors = fc
  .array(
    fields(
      {
        ID: id,
        AllowedOrigins: fc.constantFrom(["*"], ["https://a.example", "http://*.b.example"], ["*", "*"], [""], ["null"]),
        AllowedMethods: fc.constantFrom(["GET"], ["PUT", "HEAD", "PUT"]),
        AllowedHeaders: fc.constantFrom(["*"], ["x-amz-*", "Content-Type"], ["", "a b"]),
        ExposeHeaders: fc.constantFrom(["ETag", "etag"], [""], []),
        MaxAgeSeconds: fc.constantFrom(0, 3_000, 2_147_483_647),
      },
      ["AllowedOrigins", "AllowedMethods"],
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map((CORSRules) => ({ CORSConfiguration: { CORSRules } }));

function inventory({ targetArn, kmsKeyArn }: Prerequisites): fc.Arbitrary<object> {
  const destination = fields(
    {
      Bucket: fc.constant(targetArn),
      AccountId: fc.constant(ACCOUNT),
      Prefix: text,
      Format: fc.constantFrom("CSV", "ORC", "Parquet"),
      Encryption: fc.constantFrom({ SSES3: {} }, { SSEKMS: { KeyId: kmsKeyArn } }, { SSEKMS: { KeyId: "alias/data" } }),
    },
    ["Bucket", "Format"],
  );
  return fields(
    {
      Id: configurationId,
      IsEnabled: fc.boolean(),
      IncludedObjectVersions: fc.constantFrom("All", "Current"),
      Schedule: fc.constantFrom({ Frequency: "Daily" }, { Frequency: "Weekly" }),
      Filter: fc.record({ Prefix: text }),
      OptionalFields: fc.constantFrom(["Size"], ["ETag", "Size", "ETag"], []),
      Destination: destination.map((S3BucketDestination) => ({ S3BucketDestination })),
    },
    ["Id", "IsEnabled", "IncludedObjectVersions", "Schedule", "Destination"],
  ).map((each) => ({ Id: each["Id"], InventoryConfiguration: each }));
}

const metrics = fields(
  {
    Id: configurationId,
    Filter: filter({
      AccessPointArn: fc.constantFrom(`arn:aws:s3:eu-central-1:${ACCOUNT}:accesspoint/reader`),
    }),
  },
  ["Id"],
).map((each) => ({ Id: each["Id"], MetricsConfiguration: each }));

function analytics({ targetArn }: Prerequisites): fc.Arbitrary<object> {
  const destination = fields(
    { Bucket: fc.constant(targetArn), BucketAccountId: fc.constant(ACCOUNT), Prefix: text, Format: fc.constant("CSV") },
    ["Bucket", "Format"],
  );
  const analysis = fields({
    DataExport: destination.map((S3BucketDestination) => ({
      OutputSchemaVersion: "V_1",
      Destination: { S3BucketDestination },
    })),
  });
  return fields({ Id: configurationId, Filter: filter(), StorageClassAnalysis: analysis }, [
    "Id",
    "StorageClassAnalysis",
  ]).map((each) => ({ Id: each["Id"], AnalyticsConfiguration: each }));
}

const host = fc.constantFrom(
  "example.com",
  "example.com?my=query",
  "example.com/path",
  "example.com:8080",
  "",
  "EXAMPLE.com",
);
const routingRule = fields(
  {
    Condition: fields({ KeyPrefixEquals: text, HttpErrorCodeReturnedEquals: fc.constantFrom("404", "500") }),
    Redirect: fields({
      HostName: host,
      HttpRedirectCode: fc.constantFrom("301", "307", "399"),
      Protocol: fc.constantFrom("http", "https"),
      ReplaceKeyPrefixWith: text,
      ReplaceKeyWith: text,
    }),
  },
  ["Redirect"],
);
const website = fc
  .oneof(
    fc.record({
      RedirectAllRequestsTo: fields({ HostName: host, Protocol: fc.constantFrom("http", "https") }, ["HostName"]),
    }),
    fields(
      {
        IndexDocument: fc.constantFrom("index.html", "x".repeat(1_000), "ü").map((Suffix) => ({ Suffix })),
        ErrorDocument: fc.constantFrom("error.html", "errors/404.html").map((Key) => ({ Key })),
        RoutingRules: fc.array(routingRule, { minLength: 1, maxLength: 2 }),
      },
      ["IndexDocument"],
    ),
  )
  .map((WebsiteConfiguration) => ({ WebsiteConfiguration }));
