import {
  DeleteBucketReplicationCommand,
  type Destination,
  GetBucketReplicationCommand,
  PutBucketReplicationCommand,
  type ReplicationConfiguration,
  type ReplicationRule,
} from "@aws-sdk/client-s3";
import type { S3BucketSpec } from "../../api/types.ts";
import { awsErrorKind } from "../../aws/errors.ts";
import { carryOver } from "./carry-over.ts";
import { type Declaration, declareEntries, stated, unlessEmpty } from "./declaration.ts";
import { canonicalFilter, FILTER_FIELDS, toFilter, toFilterSpec } from "./filter.ts";
import {
  type Change,
  compare,
  compareNamed,
  defineSetting,
  type Named,
  SettingRefused,
  unlessAbsent,
} from "./setting.ts";

type Spec = NonNullable<S3BucketSpec["replication"]>;
type RuleSpec = Spec["rules"][number];

/** The only time that S3 takes. */
const MINUTES = 15;

function desired({ replication }: S3BucketSpec): ReplicationConfiguration | undefined {
  return replication && { Role: replication.roleArn, Rules: replication.rules.map(toRule) };
}

function toRule(spec: RuleSpec): ReplicationRule {
  const { sseKmsEncryptedObjects, replicaModifications } = spec.sourceSelectionCriteria ?? {};
  return {
    ID: spec.id,
    Priority: spec.priority,
    Status: spec.status,
    // The current form of a rule, which S3 takes only with a filter and a word on delete markers.
    Filter: toFilter(spec.filter) ?? { Prefix: "" },
    DeleteMarkerReplication: { Status: spec.deleteMarkerReplication ?? "Disabled" },
    SourceSelectionCriteria:
      sseKmsEncryptedObjects === undefined && replicaModifications === undefined
        ? undefined
        : {
            SseKmsEncryptedObjects: sseKmsEncryptedObjects && { Status: sseKmsEncryptedObjects },
            ReplicaModifications: replicaModifications && { Status: replicaModifications },
          },
    Destination: toDestination(spec.destination),
  };
}

function toDestination(spec: RuleSpec["destination"]): Destination {
  const { accessControlTranslation, replicaKmsKeyArn, metrics } = spec;
  const isTimed = spec.replicationTime === "Enabled";
  return {
    Bucket: spec.bucket,
    Account: spec.account,
    AccessControlTranslation: accessControlTranslation && { Owner: accessControlTranslation.owner },
    StorageClass: spec.storageClass,
    EncryptionConfiguration: replicaKmsKeyArn === undefined ? undefined : { ReplicaKmsKeyID: replicaKmsKeyArn },
    ReplicationTime: isTimed ? { Status: "Enabled", Time: { Minutes: MINUTES } } : undefined,
    Metrics: metrics && { Status: metrics, ...(isTimed && { EventThreshold: { Minutes: MINUTES } }) },
  };
}

/** The same for every way in which S3 may write the same rule: filter forms, legacy prefix, what is absent and what is disabled. */
function canonical(rule: ReplicationRule): Record<string, unknown> {
  const { Filter, SourceSelectionCriteria, Destination } = rule;
  const filter = canonicalFilter(Filter);
  return {
    priority: rule.Priority,
    status: rule.Status,
    ...filter,
    prefix: legacyPrefix(rule) || filter.prefix,
    deleteMarkerReplication: rule.DeleteMarkerReplication?.Status ?? "Disabled",
    sseKmsEncryptedObjects: SourceSelectionCriteria?.SseKmsEncryptedObjects?.Status ?? "Disabled",
    replicaModifications: SourceSelectionCriteria?.ReplicaModifications?.Status ?? "Disabled",
    bucket: Destination?.Bucket,
    account: Destination?.Account,
    accessControlTranslation: Destination?.AccessControlTranslation?.Owner,
    storageClass: Destination?.StorageClass,
    replicaKmsKeyArn: Destination?.EncryptionConfiguration?.ReplicaKmsKeyID,
    replicationTime: Destination?.ReplicationTime?.Status ?? "Disabled",
    metrics: Destination?.Metrics?.Status ?? "Disabled",
  };
}

/** Where rules had their prefix before there were filters. */
function legacyPrefix(rule: ReplicationRule): string | undefined {
  return (rule as { Prefix?: string }).Prefix;
}

function byId(rules: readonly ReplicationRule[] = []): Named {
  return new Map(rules.map((rule) => [rule.ID ?? "", canonical(rule)]));
}

function diff(desired: ReplicationConfiguration, observed: ReplicationConfiguration): Change[] {
  return [
    ...compare("roleArn", desired.Role, observed.Role),
    ...compareNamed("rules", byId(desired.Rules), byId(observed.Rules)),
  ];
}

/** S3 says the same of a destination that is not there and of one that is not versioned. Undefined: the error is about something else. */
function destinationRefused(error: unknown): SettingRefused | undefined {
  if (awsErrorKind(error) !== "Invalid" || !(error instanceof Error)) return undefined;
  if (!/^destination bucket must /i.test(error.message)) return undefined;
  const message = `S3 refuses a destination of spec.replication.rules: ${error.message} Each must exist, in the account that the rule names, with versioning enabled`;
  return new SettingRefused("DestinationRefused", message, false);
}

const NOTHING: ReplicationConfiguration = { Role: undefined, Rules: [] };

function isEmpty({ Rules = [] }: ReplicationConfiguration): boolean {
  return Rules.length === 0;
}

/** All that a spec can say of a rule. */
const FIELDS = [
  "ID",
  "Priority",
  "Status",
  "Prefix",
  ...FILTER_FIELDS,
  "DeleteMarkerReplication.Status",
  "SourceSelectionCriteria.SseKmsEncryptedObjects.Status",
  "SourceSelectionCriteria.ReplicaModifications.Status",
  ...["Bucket", "Account", "AccessControlTranslation.Owner", "StorageClass", "EncryptionConfiguration.ReplicaKmsKeyID"]
    .concat(
      "ReplicationTime.Status",
      "ReplicationTime.Time.Minutes",
      "Metrics.Status",
      "Metrics.EventThreshold.Minutes",
    )
    .map((field) => `Destination.${field}`),
];
/** As the CRD bounds them. */
const MAX_RULES = 100;

/** All of it or nothing: a Put writes it whole. */
function declare(observed: ReplicationConfiguration): Declaration {
  if (isEmpty(observed)) return {};
  const { said, unsaid } = declareEntries(observed.Rules ?? [], {
    nameOf: ({ ID }) => `rule '${ID}'`,
    fields: FIELDS,
    toSpec: toRuleSpec,
    toEntry: toRule,
    canonical,
    max: MAX_RULES,
  });
  return unsaid.length > 0 ? { unsaid } : { spec: { replication: { roleArn: observed.Role ?? "", rules: said } } };
}

function toRuleSpec(rule: ReplicationRule): RuleSpec {
  const { ID = "", Priority = 0, Status = "Disabled", SourceSelectionCriteria: criteria = {} } = rule;
  const prefix = legacyPrefix(rule);
  return stated<RuleSpec>({
    id: ID,
    priority: Priority,
    status: Status,
    filter: unlessEmpty({ ...(prefix ? { prefix } : {}), ...toFilterSpec(rule.Filter) }),
    deleteMarkerReplication: ifEnabled(rule.DeleteMarkerReplication?.Status),
    sourceSelectionCriteria: unlessEmpty(
      stated<NonNullable<RuleSpec["sourceSelectionCriteria"]>>({
        sseKmsEncryptedObjects: ifEnabled(criteria.SseKmsEncryptedObjects?.Status),
        replicaModifications: ifEnabled(criteria.ReplicaModifications?.Status),
      }),
    ),
    destination: toDestinationSpec(rule.Destination),
  });
}

function toDestinationSpec(destination: Partial<Destination> = {}): RuleSpec["destination"] {
  const { Bucket = "", AccessControlTranslation, EncryptionConfiguration, StorageClass } = destination;
  return stated<RuleSpec["destination"]>({
    bucket: Bucket,
    account: destination.Account,
    accessControlTranslation: AccessControlTranslation && { owner: "Destination" },
    storageClass: StorageClass as RuleSpec["destination"]["storageClass"],
    replicaKmsKeyArn: EncryptionConfiguration?.ReplicaKmsKeyID,
    replicationTime: ifEnabled(destination.ReplicationTime?.Status),
    metrics: ifEnabled(destination.Metrics?.Status),
  });
}

/** Disabled is what all of them are when nothing is said. */
function ifEnabled(status: string | undefined): "Enabled" | undefined {
  return status === "Enabled" ? status : undefined;
}

/**
 * The whole configuration: rules of others are differences. Beside S3's actions it takes iam:PassRole on the role.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketReplication.html
 */
export const replication = defineSetting<ReplicationConfiguration, ReplicationConfiguration>({
  name: "replication",
  permissions: { read: ["s3:GetReplicationConfiguration"], write: ["s3:PutReplicationConfiguration"] },

  desired,

  observe: async ({ s3, ref, options }) => {
    const answer = await unlessAbsent(s3.send(new GetBucketReplicationCommand(ref), options));
    return answer?.ReplicationConfiguration ?? NOTHING;
  },

  diff,

  write: async ({ s3, ref, options }, desired, observed) => {
    if (isEmpty(desired)) {
      await s3.send(new DeleteBucketReplicationCommand(ref), options);
      return;
    }
    const ReplicationConfiguration = carryOver(desired, observed, ["Role", ...FIELDS.map((field) => `Rules.${field}`)]);
    const command = new PutBucketReplicationCommand({ ...ref, ReplicationConfiguration });
    try {
      await s3.send(command, options);
    } catch (error) {
      throw destinationRefused(error) ?? error;
    }
  },

  reset: (observed) => (isEmpty(observed) ? undefined : NOTHING),

  declare,
});
