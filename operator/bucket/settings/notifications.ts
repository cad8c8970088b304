import {
  GetBucketNotificationConfigurationCommand,
  type LambdaFunctionConfiguration,
  type NotificationConfiguration,
  type NotificationConfigurationFilter,
  PutBucketNotificationConfigurationCommand,
  type QueueConfiguration,
  type TopicConfiguration,
} from "@aws-sdk/client-s3";
import type { S3BucketSpec } from "../../api/types.ts";
import { entriesStatus, isOwned, type Owned, ownedEntries, withoutApplied } from "./entries.ts";
import { destinationRefused } from "./notification-destinations.ts";
import { type Change, compare, compareNamed, defineSetting, type Named, type SettingContext } from "./setting.ts";

type Spec = NonNullable<S3BucketSpec["notifications"]>;
type FilterSpec = NonNullable<NonNullable<Spec["queues"]>[number]["filter"]>;
type Configuration = Partial<QueueConfiguration & TopicConfiguration & LambdaFunctionConfiguration>;

interface Desired {
  configuration: NotificationConfiguration;
  owned: Owned;
}

/** The spec's lists, and S3's. */
const LISTS = {
  queues: "QueueConfigurations",
  topics: "TopicConfigurations",
  lambdaFunctions: "LambdaFunctionConfigurations",
} as const;
type List = keyof typeof LISTS;

/** Whether EventBridge is told is an entry like the others: the presence of an empty object. */
const EVENT_BRIDGE = "eventBridge";

function desired({ notifications }: S3BucketSpec, { appliedIds }: SettingContext): Desired | undefined {
  if (notifications === undefined) return undefined;
  const { eventBridge, unmanagedConfigurations = "Keep" } = notifications;
  const configuration = toConfiguration(notifications);
  const applied = [...(appliedIds.notifications ?? []), ...(eventBridge === "Disabled" ? [EVENT_BRIDGE] : [])];
  return { configuration, owned: ownedEntries(idsOf(configuration), applied, unmanagedConfigurations) };
}

function toConfiguration({ queues, topics, lambdaFunctions, eventBridge }: Spec): NotificationConfiguration {
  return {
    QueueConfigurations: queues?.map(({ queueArn, ...rest }) => ({ QueueArn: queueArn, ...toCommon(rest) })),
    TopicConfigurations: topics?.map(({ topicArn, ...rest }) => ({ TopicArn: topicArn, ...toCommon(rest) })),
    LambdaFunctionConfigurations: lambdaFunctions?.map(({ lambdaFunctionArn, ...rest }) => ({
      LambdaFunctionArn: lambdaFunctionArn,
      ...toCommon(rest),
    })),
    EventBridgeConfiguration: eventBridge === "Enabled" ? {} : undefined,
  };
}

function toCommon({ id, events, filter }: Pick<NonNullable<Spec["queues"]>[number], "id" | "events" | "filter">) {
  return { Id: id, Events: events, Filter: filter && toFilter(filter) };
}

function toFilter({ prefix, suffix }: FilterSpec): NotificationConfigurationFilter {
  const rules = [{ Name: "prefix", Value: prefix } as const, { Name: "suffix", Value: suffix } as const];
  return { Key: { FilterRules: rules.filter(({ Value }) => Value !== undefined) } };
}

/** Events are a set; S3 writes the names of filter rules with a capital, or not; an empty rule is none. */
function canonical({ QueueArn, TopicArn, LambdaFunctionArn, Events = [], Filter }: Configuration) {
  const rules = Filter?.Key?.FilterRules ?? [];
  const valueOf = (name: string) => rules.find(({ Name }) => Name?.toLowerCase() === name)?.Value || undefined;
  return {
    arn: QueueArn ?? TopicArn ?? LambdaFunctionArn,
    events: [...new Set(Events)].sort(),
    prefix: valueOf("prefix"),
    suffix: valueOf("suffix"),
  };
}

/** Unique across the lists: an entry that moves to another list is another entry. */
function idOf(list: List, { Id }: Configuration): string {
  return `${list}/${Id ?? ""}`;
}

function idsOf(configuration: NotificationConfiguration): string[] {
  const ids = listNames().flatMap((list) => entriesOf(configuration, list).map((entry) => idOf(list, entry)));
  return configuration.EventBridgeConfiguration === undefined ? ids : [...ids, EVENT_BRIDGE];
}

function listNames(): List[] {
  return Object.keys(LISTS) as List[];
}

function entriesOf(configuration: NotificationConfiguration, list: List): Configuration[] {
  return configuration[LISTS[list]] ?? [];
}

function diff({ configuration, owned }: Desired, observed: NotificationConfiguration): Change[] {
  const named = (entries: Configuration[]): Named =>
    new Map(entries.map((entry) => [entry.Id ?? "", canonical(entry)]));
  const [wanted, found] = [eventBridgeOf(configuration), eventBridgeOf(observed)];
  return [
    ...listNames().flatMap((list) => {
      const ours = entriesOf(observed, list).filter((entry) => isOwned(owned, idOf(list, entry)));
      return compareNamed(list, named(entriesOf(configuration, list)), named(ours));
    }),
    ...(isOwned(owned, EVENT_BRIDGE) ? compare(EVENT_BRIDGE, wanted, found) : []),
  ];
}

function eventBridgeOf({ EventBridgeConfiguration }: NotificationConfiguration): string {
  return EventBridgeConfiguration === undefined ? "Disabled" : "Enabled";
}

/** Ours, and those of others that stay: a Put replaces all. */
function merge({ configuration, owned }: Desired, observed: NotificationConfiguration): NotificationConfiguration {
  const lists = listNames().map((list) => {
    const kept = entriesOf(observed, list).filter((entry) => !isOwned(owned, idOf(list, entry)));
    return [LISTS[list], [...entriesOf(configuration, list), ...kept]] as const;
  });
  const { EventBridgeConfiguration } = isOwned(owned, EVENT_BRIDGE) ? configuration : observed;
  return { ...Object.fromEntries(lists.filter(([, entries]) => entries.length > 0)), EventBridgeConfiguration };
}

/**
 * A bucket has one configuration for everybody; ours are the entries with the declared ids.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotificationConfiguration.html
 */
export const notifications = defineSetting<Desired, NotificationConfiguration>({
  name: "notifications",
  permissions: { read: ["s3:GetBucketNotification"], write: ["s3:PutBucketNotification"] },

  desired,

  observe: async ({ s3, ref, options }) => {
    const answer = await s3.send(new GetBucketNotificationConfigurationCommand(ref), options);
    const { QueueConfigurations, TopicConfigurations, LambdaFunctionConfigurations, EventBridgeConfiguration } = answer;
    return { QueueConfigurations, TopicConfigurations, LambdaFunctionConfigurations, EventBridgeConfiguration };
  },

  diff,

  write: async ({ s3, ref, options, arn }, desired, observed) => {
    const NotificationConfiguration = merge(desired, observed);
    try {
      await s3.send(new PutBucketNotificationConfigurationCommand({ ...ref, NotificationConfiguration }), options);
    } catch (error) {
      throw destinationRefused(error, NotificationConfiguration, arn) ?? error;
    }
  },

  reset: (observed, { appliedIds }) => {
    const owned = withoutApplied(idsOf(observed), appliedIds.notifications);
    return owned && { configuration: {}, owned };
  },

  report: (desired, observed) => (desired ? { notifications: entriesStatus(desired.owned, idsOf(observed)) } : {}),
});
