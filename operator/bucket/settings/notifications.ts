import {
  GetBucketNotificationConfigurationCommand,
  type NotificationConfiguration,
  PutBucketNotificationConfigurationCommand,
} from "@aws-sdk/client-s3";
import type { S3BucketSpec } from "../../api/types.ts";
import type { BucketClient } from "../bucket-client.ts";
import { carryOverEach } from "./carry-over.ts";
import { type ExportedSetting, entriesToSpec, stated, unlessEmpty, unlessNone } from "./to-spec.ts";
import { entriesStatus, isOwned, type Owned, ownedEntries, withoutApplied } from "./entries.ts";
import {
  type Destination,
  destinationRefused,
  destinationsOf,
  refusedDestinations,
} from "./notification-destinations.ts";
import {
  canonicalEntry,
  ENTRY_FIELDS,
  type Configuration,
  idOf,
  LAMBDA_FUNCTION_FORM,
  type List,
  LISTS,
  QUEUE_FORM,
  toLambdaFunction,
  toQueue,
  toTopic,
  TOPIC_FORM,
} from "./notification-entries.ts";
import { compareNamed, defineSetting, type Named, type SettingContext } from "./setting.ts";
import { type Change, compare } from "../../reconcile/change.ts";

type Spec = NonNullable<S3BucketSpec["notifications"]>;
interface Desired {
  configuration: NotificationConfiguration;
  owned: Owned;
}

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
    QueueConfigurations: queues?.map(toQueue),
    TopicConfigurations: topics?.map(toTopic),
    LambdaFunctionConfigurations: lambdaFunctions?.map(toLambdaFunction),
    EventBridgeConfiguration: eventBridge === "Enabled" ? {} : undefined,
  };
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
    new Map(entries.map((entry) => [entry.Id ?? "", canonicalEntry(entry)]));
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
    const found = entriesOf(observed, list);
    const kept = found.filter((entry) => !isOwned(owned, idOf(list, entry)));
    const entries = [...carryOverEach(entriesOf(configuration, list), found, ENTRY_FIELDS), ...kept];
    return [LISTS[list], entries.length > 0 ? entries : undefined] as const;
  });
  const ours = isOwned(owned, EVENT_BRIDGE) ? configuration : observed;
  const EventBridgeConfiguration = ours.EventBridgeConfiguration && { ...observed.EventBridgeConfiguration };
  return { ...observed, ...Object.fromEntries(lists), EventBridgeConfiguration };
}

function isAmong(destinations: readonly Destination[], { arn }: { arn: string | undefined }): boolean {
  return destinations.some((each) => each.arn === arn);
}

/** Without the entries of some destinations: those stay as they are, and so do all others. */
function without({ configuration, owned }: Desired, destinations: readonly Destination[]): Desired {
  const lists = listNames().map((list) => {
    const entries = entriesOf(configuration, list);
    return [LISTS[list], entries.filter((each) => !isAmong(destinations, canonicalEntry(each)))] as const;
  });
  const left: NotificationConfiguration = { ...configuration, ...Object.fromEntries(lists) };
  return { configuration: left, owned: { ...owned, ids: idsOf(left), unmanaged: "Keep" } };
}

/**
 * S3 tests all destinations, also those that work, unless it is told that they were tested before.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotificationConfiguration.html
 */
async function put(
  { s3, ref, options }: BucketClient,
  NotificationConfiguration: NotificationConfiguration,
  areTested: boolean,
): Promise<void> {
  const input = { ...ref, NotificationConfiguration, ...(areTested && { SkipDestinationValidation: true }) };
  await s3.send(new PutBucketNotificationConfigurationCommand(input), options);
}

function toSpec(observed: NotificationConfiguration): ExportedSetting {
  const { QueueConfigurations, TopicConfigurations, LambdaFunctionConfigurations, EventBridgeConfiguration } = observed;
  const queues = entriesToSpec(QueueConfigurations ?? [], QUEUE_FORM);
  const topics = entriesToSpec(TopicConfigurations ?? [], TOPIC_FORM);
  const lambdaFunctions = entriesToSpec(LambdaFunctionConfigurations ?? [], LAMBDA_FUNCTION_FORM);
  const notifications = stated<Spec>({
    queues: unlessNone(queues.specs),
    topics: unlessNone(topics.specs),
    lambdaFunctions: unlessNone(lambdaFunctions.specs),
    eventBridge: EventBridgeConfiguration && "Enabled",
    unmanagedConfigurations: undefined,
  });
  const omitted = [queues, topics, lambdaFunctions].flatMap((list) => list.omitted);
  return { ...(unlessEmpty(notifications) && { spec: { notifications } }), omitted };
}

/**
 * A bucket has one configuration for everybody; ours are the entries with the declared ids.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotificationConfiguration.html
 */
export const notifications = defineSetting<Desired, NotificationConfiguration>({
  name: "notifications",
  iamActions: { read: ["s3:GetBucketNotification"], write: ["s3:PutBucketNotification"] },
  isShared: true,

  desired,

  observe: async ({ s3, ref, options }) => {
    const command = new GetBucketNotificationConfigurationCommand(ref);
    const { $metadata: _, ...configuration } = await s3.send(command, options);
    return configuration;
  },

  diff,

  write: async (bucket, desired, observed) => {
    const configuration = merge(desired, observed);
    const isTested = (each: Destination) => isAmong(destinationsOf(observed), each);
    try {
      await put(bucket, configuration, destinationsOf(configuration).every(isTested));
    } catch (error) {
      const refused = refusedDestinations(error, configuration);
      if (refused === undefined) throw error;
      const rest = without(desired, refused);
      // What S3 says of the rest is in the next look, if it matters.
      if (diff(rest, observed).length > 0) await put(bucket, merge(rest, observed), true).catch(() => {});
      const ours = refused.filter((each) => isAmong(destinationsOf(desired.configuration), each));
      const others = destinationsOf(configuration).filter((each) => !isAmong(refused, each));
      if (ours.length > 0) throw destinationRefused(ours, others, bucket.arn);
    }
  },

  reset: (observed, { appliedIds }) => {
    const owned = withoutApplied(idsOf(observed), appliedIds.notifications);
    return owned && { configuration: {}, owned };
  },

  toSpec,

  report: (desired, observed) => (desired ? { notifications: entriesStatus(desired.owned, idsOf(observed)) } : {}),
});
