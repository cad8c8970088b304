import type {
  LambdaFunctionConfiguration,
  NotificationConfigurationFilter,
  QueueConfiguration,
  TopicConfiguration,
} from "@aws-sdk/client-s3";
import type { S3BucketSpec } from "../../api/types.ts";
import { distinct, type EntryForm, stated, unlessEmpty } from "./to-spec.ts";

type Spec = NonNullable<S3BucketSpec["notifications"]>;
/** An entry of any list. */
export type Configuration = Partial<QueueConfiguration & TopicConfiguration & LambdaFunctionConfiguration>;

/** The spec's lists, and S3's. */
export const LISTS = {
  queues: "QueueConfigurations",
  topics: "TopicConfigurations",
  lambdaFunctions: "LambdaFunctionConfigurations",
} as const;
export type List = keyof typeof LISTS;
type Entry<Name extends List> = NonNullable<Spec[Name]>[number];
/** What the entries of all lists have. */
type Common = Pick<Entry<"queues">, "id" | "events" | "filter">;

type FilterSpec = NonNullable<Common["filter"]>;

/** An entry of the spec in S3's words, as are the two below. */
export function toQueue({ queueArn, ...rest }: Entry<"queues">): QueueConfiguration {
  return { QueueArn: queueArn, ...toCommon(rest) };
}

export function toTopic({ topicArn, ...rest }: Entry<"topics">): TopicConfiguration {
  return { TopicArn: topicArn, ...toCommon(rest) };
}

export function toLambdaFunction({
  lambdaFunctionArn,
  ...rest
}: Entry<"lambdaFunctions">): LambdaFunctionConfiguration {
  return { LambdaFunctionArn: lambdaFunctionArn, ...toCommon(rest) };
}

function toCommon({ id, events, filter }: Common) {
  return { Id: id, Events: events, Filter: filter && toFilter(filter) };
}

function toFilter({ prefix, suffix }: FilterSpec): NotificationConfigurationFilter {
  const rules = [{ Name: "prefix", Value: prefix } as const, { Name: "suffix", Value: suffix } as const];
  return { Key: { FilterRules: rules.filter(({ Value }) => Value !== undefined) } };
}

/** Of either the beginning or the end of keys, in whatever letter case S3 writes that; "" is nothing. */
function filterValue({ Filter }: Configuration, name: "prefix" | "suffix"): string | undefined {
  return Filter?.Key?.FilterRules?.find(({ Name }) => Name?.toLowerCase() === name)?.Value || undefined;
}

/** The same for every way in which S3 may write the same entry: events are a set. */
export function canonicalEntry(configuration: Configuration) {
  const { QueueArn, TopicArn, LambdaFunctionArn, Events = [] } = configuration;
  return {
    arn: QueueArn ?? TopicArn ?? LambdaFunctionArn,
    events: [...new Set(Events)].sort(),
    prefix: filterValue(configuration, "prefix"),
    suffix: filterValue(configuration, "suffix"),
  };
}

/** Unique across the lists: an entry that moves to another list is another entry. */
export function idOf(list: List, { Id }: Configuration): string {
  return `${list}/${Id ?? ""}`;
}

/** All that a spec can say of an entry. */
export const ENTRY_FIELDS = ["Id", "Events", "QueueArn", "TopicArn", "LambdaFunctionArn"].concat(
  ["Name", "Value"].map((field) => `Filter.Key.FilterRules.${field}`),
);
/** As the CRD bounds them, in each list. */
const MAX_ENTRIES = 100;

function toCommonSpec(entry: Configuration): Common {
  const filter = stated<FilterSpec>({ prefix: filterValue(entry, "prefix"), suffix: filterValue(entry, "suffix") });
  return stated<Common>({
    id: entry.Id ?? "",
    events: distinct(entry.Events) ?? [],
    filter: unlessEmpty(filter),
  });
}

/** Entries in the spec's words, list by list. */
export const QUEUE_FORM: EntryForm<QueueConfiguration, Entry<"queues">> = {
  ...formOf("queues"),
  toSpec: (entry) => ({ ...toCommonSpec(entry), queueArn: entry.QueueArn ?? "" }),
  toEntry: toQueue,
};

export const TOPIC_FORM: EntryForm<TopicConfiguration, Entry<"topics">> = {
  ...formOf("topics"),
  toSpec: (entry) => ({ ...toCommonSpec(entry), topicArn: entry.TopicArn ?? "" }),
  toEntry: toTopic,
};

export const LAMBDA_FUNCTION_FORM: EntryForm<LambdaFunctionConfiguration, Entry<"lambdaFunctions">> = {
  ...formOf("lambdaFunctions"),
  toSpec: (entry) => ({ ...toCommonSpec(entry), lambdaFunctionArn: entry.LambdaFunctionArn ?? "" }),
  toEntry: toLambdaFunction,
};

function formOf(list: List) {
  const nameOf = (entry: Configuration) => `configuration '${idOf(list, entry)}'`;
  return { nameOf, fields: ENTRY_FIELDS, canonical: canonicalEntry, max: MAX_ENTRIES };
}
