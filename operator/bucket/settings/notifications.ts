import {
  GetBucketNotificationConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  type NotificationConfiguration,
} from "@aws-sdk/client-s3";
import type { S3BucketSpec } from "../../api/types.ts";
import { compare, type Change } from "../../reconcile/change.ts";
import type { BucketClient } from "../bucket-client.ts";
import { accountAsk } from "./asks.ts";
import { carryOverEach } from "./carry-over.ts";
import { entriesStatus, isOwned, ownedEntries, withoutApplied, type Owned } from "./entries.ts";
import {
  destinationRefused,
  destinationsOf,
  refusedDestinations,
  type Destination,
} from "./notification-destinations.ts";
import {
  canonicalEntry,
  configurationOf,
  entriesOf,
  ENTRY_FIELDS,
  entryForm,
  entryId,
  LIST_NAMES,
  toEntry,
  type Configuration,
} from "./notification-entries.ts";
import { compareNamed, defineSetting, type Named, type SettingContext } from "./setting.ts";
import { entriesToSpec, unlessEmpty, type ExportedSetting } from "./to-spec.ts";

type Spec = NonNullable<S3BucketSpec["notifications"]>;
interface Desired {
  configuration: NotificationConfiguration;
  owned: Owned;
}

/** Id of the EventBridge entry, which S3 represents as an empty object. */
const EVENT_BRIDGE = "eventBridge";

function desired({ notifications }: S3BucketSpec, { appliedIds }: SettingContext): Desired | undefined {
  if (notifications === undefined) return undefined;
  const { eventBridge, unmanagedConfigurations = "Keep" } = notifications;
  const configuration = toConfiguration(notifications);
  const applied = [...(appliedIds.notifications ?? []), ...(eventBridge === "Disabled" ? [EVENT_BRIDGE] : [])];
  return { configuration, owned: ownedEntries(idsOf(configuration), applied, unmanagedConfigurations) };
}

function toConfiguration(spec: Spec): NotificationConfiguration {
  const lists = configurationOf((list) => (spec[list] ?? []).map((entry) => toEntry(list, entry)));
  return { ...lists, EventBridgeConfiguration: spec.eventBridge === "Enabled" ? {} : undefined };
}

function idsOf(configuration: NotificationConfiguration): string[] {
  const ids = LIST_NAMES.flatMap((list) => entriesOf(configuration, list).map((entry) => entryId(list, entry)));
  return configuration.EventBridgeConfiguration === undefined ? ids : [...ids, EVENT_BRIDGE];
}

function diff({ configuration, owned }: Desired, observed: NotificationConfiguration): Change[] {
  const named = (entries: readonly Configuration[]): Named =>
    new Map(entries.map((entry) => [entry.Id ?? "", canonicalEntry(entry)]));
  const [wanted, found] = [eventBridgeOf(configuration), eventBridgeOf(observed)];
  return [
    ...LIST_NAMES.flatMap((list) => {
      const ours = entriesOf(observed, list).filter((entry) => isOwned(owned, entryId(list, entry)));
      return compareNamed(list, named(entriesOf(configuration, list)), named(ours));
    }),
    ...(isOwned(owned, EVENT_BRIDGE) ? compare(EVENT_BRIDGE, wanted, found) : []),
  ];
}

function eventBridgeOf({ EventBridgeConfiguration }: NotificationConfiguration): string {
  return EventBridgeConfiguration === undefined ? "Disabled" : "Enabled";
}

/** A Put replaces all, so this also has the entries of other writers that stay. */
function merge({ configuration, owned }: Desired, observed: NotificationConfiguration): NotificationConfiguration {
  const lists = configurationOf((list) => {
    const found = entriesOf(observed, list);
    const kept = found.filter((entry) => !isOwned(owned, entryId(list, entry)));
    return [...carryOverEach(entriesOf(configuration, list), found, ENTRY_FIELDS), ...kept];
  });
  const ours = isOwned(owned, EVENT_BRIDGE) ? configuration : observed;
  const EventBridgeConfiguration = ours.EventBridgeConfiguration && { ...observed.EventBridgeConfiguration };
  return { ...observed, ...lists, EventBridgeConfiguration };
}

function isAmong(destinations: readonly Destination[], { arn }: { arn: string | undefined }): boolean {
  return destinations.some((each) => each.arn === arn);
}

/** The desired state without the entries of some destinations. Those and all other entries stay as observed. */
function without({ configuration, owned }: Desired, destinations: readonly Destination[]): Desired {
  const lists = configurationOf((list) =>
    entriesOf(configuration, list).filter((each) => !isAmong(destinations, canonicalEntry(each))),
  );
  const left: NotificationConfiguration = { ...configuration, ...lists };
  return { configuration: left, owned: { ...owned, ids: idsOf(left), unmanaged: "Keep" } };
}

/**
 * S3 tests all destinations, including those that work, unless `SkipDestinationValidation` is set.
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
  const lists = LIST_NAMES.map((list) => [list, entriesToSpec(entriesOf(observed, list), entryForm(list))] as const);
  const filled = lists.filter(([, { specs }]) => specs.length > 0).map(([list, { specs }]) => [list, specs] as const);
  const eventBridge = observed.EventBridgeConfiguration && ({ eventBridge: "Enabled" } as const);
  const notifications: Spec = { ...Object.fromEntries(filled), ...eventBridge };
  const omitted = lists.flatMap(([, list]) => list.omitted);
  return { ...(unlessEmpty(notifications) && { spec: { notifications } }), omitted };
}

/**
 * A bucket has one configuration, shared by all writers. The operator owns the entries with the declared ids.
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
      const isOurs = ({ entry }: Destination) => isOwned(desired.owned, entry);
      const [ours, theirs] = [refused.filter(isOurs), refused.filter((each) => !isOurs(each))];
      const others = destinationsOf(configuration).filter((each) => !isAmong(refused, each));
      const rest = without(desired, refused);
      try {
        if (diff(rest, observed).length > 0) await put(bucket, merge(rest, observed), true);
      } catch (again) {
        // What stands in the spec is more urgent.
        if (ours.length === 0 && refusedDestinations(again, configuration) === undefined) throw again;
        throw destinationRefused({ ours, theirs, others }, bucket.arn);
      }
      if (ours.length > 0) throw destinationRefused({ ours, theirs, others }, bucket.arn);
    }
  },

  reset: (observed, { appliedIds }) => {
    const owned = withoutApplied(idsOf(observed), appliedIds.notifications);
    return owned && { configuration: {}, owned };
  },

  toSpec,

  asks: ({ notifications }) => {
    const { queues = [], topics = [], lambdaFunctions = [] } = notifications ?? {};
    const field = "spec.notifications";
    return [
      ...queues.map(({ id, queueArn }) => accountAsk(`${field}.queues[${id}]`, queueArn)),
      ...topics.map(({ id, topicArn }) => accountAsk(`${field}.topics[${id}]`, topicArn)),
      ...lambdaFunctions.map(({ id, lambdaFunctionArn }) =>
        accountAsk(`${field}.lambdaFunctions[${id}]`, lambdaFunctionArn),
      ),
    ];
  },

  report: (desired, observed) => (desired ? { notifications: entriesStatus(desired.owned, idsOf(observed)) } : {}),
});
