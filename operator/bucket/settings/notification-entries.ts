import type {
  LambdaFunctionConfiguration,
  NotificationConfiguration,
  NotificationConfigurationFilter,
  QueueConfiguration,
  TopicConfiguration,
} from "@aws-sdk/client-s3";
import type { S3BucketSpec } from "../../api/types.ts";
import { distinct, stated, unlessEmpty, type EntryForm } from "./to-spec.ts";

type Spec = NonNullable<S3BucketSpec["notifications"]>;
/** An entry of any list, in S3's form. */
export type Configuration = Partial<QueueConfiguration & TopicConfiguration & LambdaFunctionConfiguration>;

/** The spec's lists: S3's names of them, and of the field that has the destination's ARN, in spec and at S3. */
const LISTS = {
  queues: { name: "QueueConfigurations", arn: ["queueArn", "QueueArn"] },
  topics: { name: "TopicConfigurations", arn: ["topicArn", "TopicArn"] },
  lambdaFunctions: { name: "LambdaFunctionConfigurations", arn: ["lambdaFunctionArn", "LambdaFunctionArn"] },
} as const;

export type List = keyof typeof LISTS;
export const LIST_NAMES = Object.keys(LISTS) as List[];

/** An entry of any list, in the spec's form; each has the ARN of its own list. */
type Entry = Pick<NonNullable<Spec["queues"]>[number], "id" | "events" | "filter"> &
  Partial<Record<(typeof LISTS)[List]["arn"][0], string>>;
type FilterSpec = NonNullable<Entry["filter"]>;

export function entriesOf(configuration: NotificationConfiguration, list: List): readonly Configuration[] {
  return configuration[LISTS[list].name] ?? [];
}

/** A configuration of these lists; an empty list is left out. */
export function configurationOf(entries: (list: List) => readonly Configuration[]): NotificationConfiguration {
  const lists = LIST_NAMES.map((list) => [LISTS[list].name, entries(list)] as const);
  return Object.fromEntries(lists.map(([name, each]) => [name, each.length > 0 ? each : undefined]));
}

/** Converts an entry of the spec to S3's form. */
export function toEntry(list: List, { id, events, filter, ...arns }: Entry): Configuration {
  const [specArn, arn] = LISTS[list].arn;
  return { [arn]: arns[specArn], Id: id, Events: events, Filter: filter && toFilter(filter) };
}

/** Undefined for all keys. An empty value matches any key. */
function toFilter({ prefix, suffix }: FilterSpec): NotificationConfigurationFilter | undefined {
  const rules = [{ Name: "prefix", Value: prefix } as const, { Name: "suffix", Value: suffix } as const];
  const FilterRules = rules.filter(({ Value }) => Value);
  return FilterRules.length === 0 ? undefined : { Key: { FilterRules } };
}

/** S3 may return the rule's name in another letter case, and "" for no value. */
function filterValue({ Filter }: Configuration, name: "prefix" | "suffix"): string | undefined {
  return Filter?.Key?.FilterRules?.find(({ Name }) => Name?.toLowerCase() === name)?.Value || undefined;
}

/** Equal for all forms in which S3 may return the same entry. Events are a set. */
export function canonicalEntry(configuration: Configuration) {
  const { QueueArn, TopicArn, LambdaFunctionArn, Events = [] } = configuration;
  return {
    arn: QueueArn ?? TopicArn ?? LambdaFunctionArn,
    events: [...new Set(Events)].sort(),
    prefix: filterValue(configuration, "prefix"),
    suffix: filterValue(configuration, "suffix"),
  };
}

/** Unique across the lists: an entry that moves to another list counts as another entry. */
export function entryId(list: List, { Id }: Configuration): string {
  return `${list}/${Id ?? ""}`;
}

/** Paths that a spec can express. */
export const ENTRY_FIELDS = [
  "Id",
  "Events",
  ...Object.values(LISTS).map(({ arn }) => arn[1]),
  "Filter.Key.FilterRules.Name",
  "Filter.Key.FilterRules.Value",
];
/** The CRD's limit for each list. */
const MAX_ENTRIES = 100;

export function entryForm(list: List): EntryForm<Configuration, Entry> {
  const [specArn, arn] = LISTS[list].arn;
  return {
    nameOf: (entry) => `configuration '${entryId(list, entry)}'`,
    fields: ENTRY_FIELDS,
    toSpec: (entry) => ({ ...toCommonSpec(entry), [specArn]: entry[arn] ?? "" }),
    toEntry: (entry) => toEntry(list, entry),
    canonical: canonicalEntry,
    max: MAX_ENTRIES,
  };
}

function toCommonSpec(entry: Configuration): Entry {
  const filter = stated<FilterSpec>({ prefix: filterValue(entry, "prefix"), suffix: filterValue(entry, "suffix") });
  return { id: entry.Id ?? "", events: distinct(entry.Events) ?? [], ...stated({ filter: unlessEmpty(filter) }) };
}
