import type { Random } from "./random.ts";
import { type Document, type Routes, type RewritingStore, sparse, withUnknown } from "./rewriting-store.ts";

type Entries = Record<string, unknown>[];

/**
 * The routes of the settings that are lists of configurations, rules with filters, or single words; see
 * rewriting-s3.ts.
 */
export function configurationRoutes(store: RewritingStore, random: Random): Routes {
  const filtered = (configuration: Document) => ({
    ...configuration,
    Filter: filter(configuration.Filter as Document | undefined, random),
  });
  return {
    ...single(store, "AccelerateConfiguration", (value) => value as Document),
    ...single(store, "RequestPayment", (value) => value as Document, "RequestPaymentConfiguration"),
    ...single(store, "Abac", (AbacStatus) => ({ AbacStatus }), "AbacStatus"),
    ...single(store, "Logging", (value) => logging(value as Document, random), "BucketLoggingStatus"),
    ...single(
      store,
      "NotificationConfiguration",
      (value) => notifications(value as Document, random),
      "NotificationConfiguration",
    ),
    PutObjectLockConfigurationCommand: (input) => store.keep("objectLock", input.ObjectLockConfiguration as Document),
    GetObjectLockConfigurationCommand: () => ({
      ObjectLockConfiguration: withUnknown(store.read("objectLock", "ObjectLockConfigurationNotFoundError"), random),
    }),
    PutBucketReplicationCommand: (input) => store.keep("replication", input.ReplicationConfiguration as Document),
    DeleteBucketReplicationCommand: () => store.remove("replication"),
    GetBucketReplicationCommand: () => {
      const { Rules, ...rest } = store.read("replication", "ReplicationConfigurationNotFoundError");
      const rules = random.shuffled(Rules as Entries).map((rule) => replicationRule(rule, random));
      return { ReplicationConfiguration: { ...rest, Rules: rules } };
    },
    PutBucketWebsiteCommand: (input) => store.keep("website", input.WebsiteConfiguration as Document),
    DeleteBucketWebsiteCommand: () => store.remove("website"),
    GetBucketWebsiteCommand: () => sparse(store.read("website", "NoSuchWebsiteConfiguration"), random),
    ...listed(store, random, "IntelligentTiering", (configuration) => ({
      ...filtered(configuration),
      Tierings: random.shuffled(configuration.Tierings as Entries),
    })),
    ...listed(store, random, "Inventory", (configuration) => ({
      ...configuration,
      ...(Array.isArray(configuration.OptionalFields) && {
        OptionalFields: random.shuffled<unknown>(configuration.OptionalFields),
      }),
    })),
    ...listed(store, random, "Metrics", filtered),
    ...listed(store, random, "Analytics", filtered),
  };
}

/** A configuration that exists from the start, empty. */
function single(store: RewritingStore, name: string, answer: (value: unknown) => Document, member = name): Routes {
  return {
    [`PutBucket${name}Command`]: (input) => store.keep(name, input[member] as Document),
    [`GetBucket${name}Command`]: () => answer(store.find(name) ?? {}),
  };
}

/** Configurations with ids, each with its own calls; two per page. */
function listed(
  store: RewritingStore,
  random: Random,
  name: string,
  rewrite: (configuration: Document) => Document,
): Routes {
  const all = () => (store.find(name) ?? {}) as Record<string, Document>;
  return {
    [`PutBucket${name}ConfigurationCommand`]: (input) =>
      store.keep(name, { ...all(), [input.Id as string]: input[`${name}Configuration`] }),
    [`DeleteBucket${name}ConfigurationCommand`]: (input) =>
      store.keep(name, Object.fromEntries(Object.entries(all()).filter(([id]) => id !== input.Id))),
    [`ListBucket${name}ConfigurationsCommand`]: ({ ContinuationToken }) => {
      const start = Number(ContinuationToken ?? 0);
      const entries = Object.values(all()).map((entry) => withUnknown(rewrite(entry), random));
      const more = entries.length > start + 2;
      return {
        [`${name}ConfigurationList`]: random.shuffled(entries.slice(start, start + 2)),
        IsTruncated: more,
        ...(more && { NextContinuationToken: String(start + 2) }),
      };
    },
  };
}

/** One criterion may be in `And`; tags are a set; an absent filter stays absent. */
function filter(value: Document | undefined, random: Random): Document | undefined {
  if (value === undefined) return undefined;
  const { And, Tag, ...bare } = value as { And?: Document; Tag?: unknown };
  if (And !== undefined) return { And: And.Tags ? { ...And, Tags: random.shuffled(And.Tags as Entries) } : And };
  if (random.coin()) return value;
  return { And: Tag === undefined ? bare : { Tags: [Tag] } };
}

/** The default format may be left out. */
function logging(status: Document, random: Random): Document {
  const { LoggingEnabled } = status as { LoggingEnabled?: Document };
  if (LoggingEnabled === undefined) return {};
  const { TargetObjectKeyFormat, ...rest } = LoggingEnabled as { TargetObjectKeyFormat?: Document };
  const isDefault = TargetObjectKeyFormat !== undefined && "SimplePrefix" in TargetObjectKeyFormat;
  return { LoggingEnabled: isDefault && random.coin() ? rest : LoggingEnabled };
}

function notifications({ EventBridgeConfiguration, ...lists }: Document, random: Random): Document {
  const rewritten = Object.entries(lists).map(([name, entries]) => {
    if (!Array.isArray(entries)) return [name, entries] as const;
    return [name, random.shuffled(entries as Entries).map((entry) => notification(entry, random))] as const;
  });
  return {
    ...Object.fromEntries(rewritten),
    ...(EventBridgeConfiguration !== undefined && { EventBridgeConfiguration }),
  };
}

/** Names of filter rules get a capital. */
function notification(entry: Document, random: Random): Document {
  const { Filter, Events, ...rest } = entry as { Filter?: { Key: { FilterRules: Entries } }; Events: unknown[] };
  const rules = random.shuffled(Filter?.Key.FilterRules ?? []).map(({ Name, Value }) => {
    return { Name: random.coin() ? Name : (Name as string).replace(/^./, (first) => first.toUpperCase()), Value };
  });
  const none = random.coin() ? {} : { Filter: { Key: { FilterRules: [] } } };
  return withUnknown(
    {
      ...rest,
      Events: random.shuffled(Events),
      ...(rules.length > 0 ? { Filter: { Key: { FilterRules: rules } } } : none),
    },
    random,
  );
}

/** Disabled and absent are interchangeable. */
function replicationRule(rule: Document, random: Random): Document {
  const { Filter, DeleteMarkerReplication, ...rest } = rule as {
    Filter?: Document;
    DeleteMarkerReplication?: Document;
  };
  const isDisabled = DeleteMarkerReplication?.Status === "Disabled";
  return withUnknown(
    {
      ...rest,
      Filter: Filter?.Prefix === "" && random.coin() ? {} : filter(Filter, random),
      ...((!isDisabled || random.coin()) && { DeleteMarkerReplication }),
    },
    random,
  );
}
