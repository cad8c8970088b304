/**
 * Validates events and key filters of notifications.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html
 */

import { child, childrenNamed, textAt, type XmlElement } from "../xml.ts";
import { invalidArgument, malformedXml } from "./route.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html */
const EVENTS = [
  "ObjectCreated:(\\*|Put|Post|Copy|CompleteMultipartUpload)",
  "ObjectRemoved:(\\*|Delete|DeleteMarkerCreated)",
  "ObjectRestore:(\\*|Post|Completed|Delete)",
  "ObjectTagging:(\\*|Put|Delete)",
  "ObjectAnnotation:(\\*|Put|Delete)",
  "ObjectAcl:Put",
  "ObjectRetention:Put",
  "LifecycleExpiration:(\\*|Delete|DeleteMarkerCreated)",
  "Replication:(\\*|Operation(FailedReplication|MissedThreshold|NotTracked|ReplicatedAfterThreshold))",
  "LifecycleTransition",
  "IntelligentTiering",
  "ReducedRedundancyLostObject",
];
const EVENT = new RegExp(`^s3:(${EVENTS.join("|")})$`);
const MAX_ID = 255;

interface EventFilter {
  events: string[];
  prefix: string;
  suffix: string;
}

/** Throws for the first error: IDs, each configuration, then overlaps of two configurations. */
export function checkNotificationRules(configurations: XmlElement[]): void {
  checkIds(configurations);
  const filters = configurations.map(eventFilterOf);
  if (filters.some((filter, index) => filters.slice(index + 1).some((other) => overlap(filter, other)))) {
    const message =
      "Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules if the prefixes are overlapping for the same event type.";
    throw invalidArgument(message, "Event", filters.flatMap(({ events }) => events).join(", "));
  }
}

/** S3 returns the names of filter rules capitalised: FACTS.md#s3-notifications. */
export function withCapitalNames(configuration: XmlElement): XmlElement {
  if (configuration.name === "FilterRule") {
    const name = (each: XmlElement) => (each.name === "Name" ? { ...each, text: capital(each.text) } : each);
    return { ...configuration, children: configuration.children.map(name) };
  }
  return { ...configuration, children: configuration.children.map(withCapitalNames) };
}

function checkIds(configurations: XmlElement[]): void {
  const ids = configurations.map((each) => textAt(each, "Id") ?? "").filter((id) => id !== "");
  const long = ids.find((id) => id.length > MAX_ID);
  if (long !== undefined) throw invalidArgument(`The ID must be at most ${MAX_ID} characters long`, "Id", long);
  const repeated = ids.find((id, index) => ids.indexOf(id) !== index);
  if (repeated !== undefined) {
    throw invalidArgument("Same ID used for multiple configurations. IDs must be unique", "Id", repeated);
  }
}

function eventFilterOf(configuration: XmlElement): EventFilter {
  const events = childrenNamed(configuration, "Event").map(({ text }) => text);
  if (events.length === 0) throw malformedXml();
  const unknown = events.find((event) => !EVENT.test(event));
  if (unknown !== undefined) {
    throw invalidArgument("A specified event is not supported for notifications.", "Event", unknown);
  }
  const keyFilter = child(child(configuration, "Filter"), "S3Key");
  const values = new Map<string, string>();
  for (const rule of keyFilter === undefined ? [] : childrenNamed(keyFilter, "FilterRule")) {
    const [name, value] = filterRule(rule);
    if (values.has(name)) {
      const message = `Cannot specify more than one ${name.toLowerCase()} rule in a filter.`;
      throw invalidArgument(message, "FilterRule.Name", name);
    }
    values.set(name, value);
  }
  return { events, prefix: values.get("Prefix") ?? "", suffix: values.get("Suffix") ?? "" };
}

function filterRule(rule: XmlElement): [name: string, value: string] {
  const [name, value] = [textAt(rule, "Name"), textAt(rule, "Value")];
  if (name === undefined || value === undefined) throw malformedXml();
  if (capital(name) !== "Prefix" && capital(name) !== "Suffix") {
    throw invalidArgument("filter rule name must be either prefix or suffix", "FilterRule.Name", name);
  }
  return [capital(name), value];
}

/** True if one event of one key can match both. */
function overlap(a: EventFilter, b: EventFilter): boolean {
  return (
    a.events.some((one) => b.events.some((other) => covers(one, other) || covers(other, one))) &&
    (a.prefix.startsWith(b.prefix) || b.prefix.startsWith(a.prefix)) &&
    (a.suffix.endsWith(b.suffix) || b.suffix.endsWith(a.suffix))
  );
}

function covers(event: string, other: string): boolean {
  return event === other || (event.endsWith(":*") && other.startsWith(event.slice(0, -1)));
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1).toLowerCase();
}
