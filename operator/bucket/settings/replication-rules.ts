import type {
  DeleteMarkerReplicationStatus,
  Destination,
  ReplicationConfiguration,
  ReplicationRule,
} from "@aws-sdk/client-s3";
import type { S3BucketSpec } from "../../api/types.ts";
import { pathsBelow } from "./field-names.ts";
import {
  canonicalFilter,
  FILTER_FIELDS,
  flatFilter,
  foldFilter,
  toFilter,
  toFilterSpec,
  type FlatFilter,
} from "./filter.ts";
import { canonicalNot, NOT_FIELDS, toNot } from "./replication-exclusion.ts";
import { stated, unlessEmpty, type EntryForm } from "./to-spec.ts";

type RuleSpec = NonNullable<S3BucketSpec["replication"]>["rules"][number];

/** The filter that selects all objects. */
const ALL = { Prefix: "" };
/** The only replication time that S3 accepts. */
const MINUTES = 15;

/** A rule of the spec in S3's form. Fields that the spec omits are absent until {@link withInherited} adds them. */
export function toReplicationRule(spec: RuleSpec): ReplicationRule {
  const { sseKmsEncryptedObjects, replicaModifications } = spec.sourceSelectionCriteria ?? {};
  return {
    ID: spec.id,
    Priority: spec.priority,
    Status: spec.status,
    // S3 takes a rule in its current form only with a filter.
    Filter: toFilter(spec.filter, { Not: spec.filter?.not && toNot(spec.filter.not) }) ?? ALL,
    DeleteMarkerReplication: withStatus(spec.deleteMarkerReplication),
    SourceSelectionCriteria: unlessEmpty({
      SseKmsEncryptedObjects: withStatus(sseKmsEncryptedObjects),
      ReplicaModifications: withStatus(replicaModifications),
    }),
    Destination: toDestination(spec.destination),
  };
}

function withStatus<Status>(status: Status | undefined): { Status: Status } | undefined {
  return status === undefined ? undefined : { Status: status };
}

function toDestination(spec: RuleSpec["destination"]): Destination {
  const { accessControlTranslation, replicaKmsKeyArn, useSourceMultiRegionKey, metrics } = spec;
  const isTimed = spec.replicationTime === "Enabled";
  return {
    Bucket: spec.bucket,
    Account: spec.account,
    AccessControlTranslation: accessControlTranslation && { Owner: accessControlTranslation.owner },
    StorageClass: spec.storageClass,
    EncryptionConfiguration:
      replicaKmsKeyArn === undefined && useSourceMultiRegionKey !== "Enabled"
        ? undefined
        : { ReplicaKmsKeyID: replicaKmsKeyArn, UseSourceMultiRegionKey: withStatus(useSourceMultiRegionKey) },
    ReplicationTime: isTimed ? { Status: "Enabled", Time: { Minutes: MINUTES } } : undefined,
    Metrics: metrics && { Status: metrics, ...(isTimed && { EventThreshold: { Minutes: MINUTES } }) },
  };
}

/** Equal for all forms in which S3 may return the same rule: filter form, legacy prefix, absent for disabled. */
export function canonicalReplicationRule(rule: ReplicationRule): Record<string, unknown> {
  const { Filter, SourceSelectionCriteria, Destination } = rule;
  const filter = canonicalFilter(Filter);
  return {
    priority: rule.Priority,
    status: rule.Status,
    ...filter,
    prefix: legacyPrefix(rule) || filter.prefix,
    not: canonicalNot(flatFilter(Filter).Not),
    deleteMarkerReplication: deleteMarkersOf(rule),
    sseKmsEncryptedObjects: SourceSelectionCriteria?.SseKmsEncryptedObjects?.Status ?? "Disabled",
    replicaModifications: SourceSelectionCriteria?.ReplicaModifications?.Status ?? "Disabled",
    bucket: Destination?.Bucket,
    account: Destination?.Account,
    accessControlTranslation: Destination?.AccessControlTranslation?.Owner,
    storageClass: Destination?.StorageClass,
    replicaKmsKeyArn: Destination?.EncryptionConfiguration?.ReplicaKmsKeyID,
    useSourceMultiRegionKey: Destination?.EncryptionConfiguration?.UseSourceMultiRegionKey?.Status ?? "Disabled",
    replicationTime: Destination?.ReplicationTime?.Status ?? "Disabled",
    metrics: Destination?.Metrics?.Status ?? "Disabled",
  };
}

/** The prefix of rules in the oldest form, which has no filter. */
function legacyPrefix(rule: ReplicationRule): string | undefined {
  return (rule as { Prefix?: string }).Prefix;
}

/**
 * By default, rules without a filter (the oldest form) replicate delete markers, and rules with one do not.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-add-config.html#replication-backward-compat-considerations
 */
function deleteMarkersOf({ DeleteMarkerReplication, Filter }: ReplicationRule): DeleteMarkerReplicationStatus {
  return DeleteMarkerReplication?.Status ?? (Filter === undefined ? "Enabled" : "Disabled");
}

/** Adds to each rule what the spec omits and S3 has: exclusion, delete markers, and multi-Region key. */
export function withInherited(
  desired: ReplicationConfiguration,
  observed: ReplicationConfiguration,
): ReplicationConfiguration {
  const former = new Map(observed.Rules?.map((rule) => [rule.ID, rule]));
  return { ...desired, Rules: desired.Rules?.map((rule) => inheritedRule(rule, former.get(rule.ID))) };
}

function inheritedRule(rule: ReplicationRule, former: ReplicationRule | undefined): ReplicationRule {
  const { Filter, DeleteMarkerReplication, Destination } = rule;
  const filter = inheritedFilter(flatFilter(Filter), flatFilter(former?.Filter));
  // S3 refuses to replicate delete markers by tag, since they have none.
  const status = former === undefined || looksAtTags(filter) ? "Disabled" : deleteMarkersOf(former);
  return {
    ...rule,
    Filter: foldFilter(filter) ?? ALL,
    DeleteMarkerReplication: DeleteMarkerReplication ?? { Status: status },
    Destination: Destination && inheritedDestination(Destination, former?.Destination),
  };
}

function inheritedFilter(filter: FlatFilter, former: FlatFilter): FlatFilter {
  const { Not = former.Not } = filter;
  if (canonicalNot(Not) === undefined) return { ...filter, Not: undefined };
  return { ...filter, Prefix: filter.Prefix || undefined, Not };
}

function looksAtTags({ Tags, Not }: FlatFilter): boolean {
  return Tags.length > 0 || canonicalNot(Not)?.tags !== undefined;
}

function inheritedDestination(destination: Destination, former: Destination | undefined): Destination {
  const { EncryptionConfiguration: ours } = destination;
  if (ours === undefined) return destination;
  const UseSourceMultiRegionKey =
    ours.UseSourceMultiRegionKey ?? former?.EncryptionConfiguration?.UseSourceMultiRegionKey;
  return { ...destination, EncryptionConfiguration: { ...ours, UseSourceMultiRegionKey } };
}

/** Paths that a spec can express. */
const FIELDS = [
  "ID",
  "Priority",
  "Status",
  "Prefix",
  ...FILTER_FIELDS,
  ...NOT_FIELDS,
  "DeleteMarkerReplication.Status",
  ...pathsBelow("SourceSelectionCriteria", ["SseKmsEncryptedObjects.Status", "ReplicaModifications.Status"]),
  ...pathsBelow("Destination", ["Bucket", "Account", "AccessControlTranslation.Owner", "StorageClass"]),
  ...pathsBelow("Destination.EncryptionConfiguration", ["ReplicaKmsKeyID", "UseSourceMultiRegionKey.Status"]),
  ...pathsBelow("Destination.ReplicationTime", ["Status", "Time.Minutes"]),
  ...pathsBelow("Destination.Metrics", ["Status", "EventThreshold.Minutes"]),
];
/** The CRD's limit. */
const MAX_RULES = 100;

function toSpec(rule: ReplicationRule): RuleSpec {
  const { ID = "", Priority = 0, Status = "Disabled", SourceSelectionCriteria: criteria = {} } = rule;
  const prefix = legacyPrefix(rule);
  return stated<RuleSpec>({
    id: ID,
    priority: Priority,
    status: Status,
    filter: unlessEmpty({
      ...(prefix ? { prefix } : {}),
      ...toFilterSpec(rule.Filter),
      ...stated<Pick<NonNullable<RuleSpec["filter"]>, "not">>({ not: canonicalNot(flatFilter(rule.Filter).Not) }),
    }),
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
    useSourceMultiRegionKey: ifEnabled(EncryptionConfiguration?.UseSourceMultiRegionKey?.Status),
    replicationTime: ifEnabled(destination.ReplicationTime?.Status),
    metrics: ifEnabled(destination.Metrics?.Status),
  });
}

/** Disabled is the default of all of them. */
function ifEnabled(status: string | undefined): "Enabled" | undefined {
  return status === "Enabled" ? status : undefined;
}

export const REPLICATION_RULE_FORM: EntryForm<ReplicationRule, RuleSpec> = {
  nameOf: ({ ID }) => `rule '${ID}'`,
  fields: FIELDS,
  toSpec,
  toEntry: toReplicationRule,
  canonical: canonicalReplicationRule,
  max: MAX_RULES,
};
