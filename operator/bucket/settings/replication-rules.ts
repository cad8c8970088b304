import type {
  DeleteMarkerReplicationStatus,
  Destination,
  ReplicationConfiguration,
  ReplicationRule,
} from "@aws-sdk/client-s3";
import type { S3BucketSpec } from "../../api/types.ts";
import { type EntryForm, stated, unlessEmpty } from "./to-spec.ts";
import {
  canonicalFilter,
  FILTER_FIELDS,
  flatFilter,
  type FlatFilter,
  foldFilter,
  toFilter,
  toFilterSpec,
} from "./filter.ts";
import { canonicalNot, NOT_FIELDS, toNot } from "./replication-exclusion.ts";

type RuleSpec = NonNullable<S3BucketSpec["replication"]>["rules"][number];

/** Where a filter has to be, and all objects are meant. */
const ALL = { Prefix: "" };
/** The only time that S3 takes. */
const MINUTES = 15;

/** A rule of the spec in S3's words. What it is silent about is not there: see {@link settled}. */
export function toRule(spec: RuleSpec): ReplicationRule {
  const { sseKmsEncryptedObjects, replicaModifications } = spec.sourceSelectionCriteria ?? {};
  return {
    ID: spec.id,
    Priority: spec.priority,
    Status: spec.status,
    // The current form of a rule, which S3 takes only with a filter.
    Filter: toFilter(spec.filter, { Not: spec.filter?.not && toNot(spec.filter.not) }) ?? ALL,
    DeleteMarkerReplication: spec.deleteMarkerReplication && { Status: spec.deleteMarkerReplication },
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
        : {
            ReplicaKmsKeyID: replicaKmsKeyArn,
            UseSourceMultiRegionKey: useSourceMultiRegionKey && { Status: useSourceMultiRegionKey },
          },
    ReplicationTime: isTimed ? { Status: "Enabled", Time: { Minutes: MINUTES } } : undefined,
    Metrics: metrics && { Status: metrics, ...(isTimed && { EventThreshold: { Minutes: MINUTES } }) },
  };
}

/** The same for every way in which S3 may write the same rule: filter forms, legacy prefix, what is absent and what is disabled. */
export function canonicalRule(rule: ReplicationRule): Record<string, unknown> {
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

/** Where rules had their prefix before there were filters. */
function legacyPrefix(rule: ReplicationRule): string | undefined {
  return (rule as { Prefix?: string }).Prefix;
}

/**
 * The oldest rules have no filter, and replicate delete markers unless they say otherwise; those with a filter do not.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-add-config.html#replication-backward-compat-considerations
 */
function deleteMarkersOf({ DeleteMarkerReplication, Filter }: ReplicationRule): DeleteMarkerReplicationStatus {
  return DeleteMarkerReplication?.Status ?? (Filter === undefined ? "Enabled" : "Disabled");
}

/** With what the spec is silent about and the rules have: what they leave out, whether they replicate delete markers, and under which key. */
export function settled(
  desired: ReplicationConfiguration,
  observed: ReplicationConfiguration,
): ReplicationConfiguration {
  const former = new Map(observed.Rules?.map((rule) => [rule.ID, rule]));
  return { ...desired, Rules: desired.Rules?.map((rule) => settledRule(rule, former.get(rule.ID))) };
}

function settledRule(rule: ReplicationRule, former: ReplicationRule | undefined): ReplicationRule {
  const { Filter, DeleteMarkerReplication, Destination } = rule;
  const filter = settledFilter(flatFilter(Filter), flatFilter(former?.Filter));
  // Delete markers have no tags, and S3 takes no rule that would look for some.
  const status = former === undefined || looksAtTags(filter) ? "Disabled" : deleteMarkersOf(former);
  return {
    ...rule,
    Filter: foldFilter(filter) ?? ALL,
    DeleteMarkerReplication: DeleteMarkerReplication ?? { Status: status },
    Destination: Destination && settledDestination(Destination, former?.Destination),
  };
}

function settledFilter(filter: FlatFilter, former: FlatFilter): FlatFilter {
  const { Not = former.Not } = filter;
  if (canonicalNot(Not) === undefined) return { ...filter, Not: undefined };
  return { ...filter, Prefix: filter.Prefix || undefined, Not };
}

function looksAtTags({ Tags, Not }: FlatFilter): boolean {
  return Tags.length > 0 || canonicalNot(Not)?.tags !== undefined;
}

function settledDestination(destination: Destination, former: Destination | undefined): Destination {
  const { EncryptionConfiguration: ours } = destination;
  if (ours === undefined) return destination;
  const UseSourceMultiRegionKey =
    ours.UseSourceMultiRegionKey ?? former?.EncryptionConfiguration?.UseSourceMultiRegionKey;
  return { ...destination, EncryptionConfiguration: { ...ours, UseSourceMultiRegionKey } };
}

/** All that a spec can say of a rule. */
const FIELDS = [
  "ID",
  "Priority",
  "Status",
  "Prefix",
  ...FILTER_FIELDS,
  ...NOT_FIELDS,
  "DeleteMarkerReplication.Status",
  "SourceSelectionCriteria.SseKmsEncryptedObjects.Status",
  "SourceSelectionCriteria.ReplicaModifications.Status",
  ...["Bucket", "Account", "AccessControlTranslation.Owner", "StorageClass", "EncryptionConfiguration.ReplicaKmsKeyID"]
    .concat(
      "EncryptionConfiguration.UseSourceMultiRegionKey.Status",
      "ReplicationTime.Status",
      "ReplicationTime.Time.Minutes",
      "Metrics.Status",
      "Metrics.EventThreshold.Minutes",
    )
    .map((field) => `Destination.${field}`),
];
/** As the CRD bounds them. */
const MAX_RULES = 100;

function toRuleSpec(rule: ReplicationRule): RuleSpec {
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

/** Disabled is what all of them are when nothing is said. */
function ifEnabled(status: string | undefined): "Enabled" | undefined {
  return status === "Enabled" ? status : undefined;
}

/** A rule in the spec's words. */
export const RULE_FORM: EntryForm<ReplicationRule, RuleSpec> = {
  nameOf: ({ ID }) => `rule '${ID}'`,
  fields: FIELDS,
  toSpec: toRuleSpec,
  toEntry: toRule,
  canonical: canonicalRule,
  max: MAX_RULES,
};
