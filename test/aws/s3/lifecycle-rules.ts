/**
 * Validates lifecycle rules: FACTS.md#s3-lifecycle.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
 */

import { child, textAt, type XmlElement } from "../xml.ts";
import { checkFilter, filterUses } from "./filter.ts";
import { checkMidnight, checkTransitions } from "./lifecycle-transitions.ts";
import { invalidArgument, invalidRequest, malformedXml } from "./route.ts";

const MAX_RULES = 1000;
const ACTIONS = [
  "Expiration",
  "Transition",
  "NoncurrentVersionExpiration",
  "NoncurrentVersionTransition",
  "AbortIncompleteMultipartUpload",
];

/** Throws for the first error: number of rules and IDs, then each rule. */
export function checkLifecycleRules(rules: XmlElement[]): void {
  if (rules.length === 0) throw malformedXml();
  if (rules.length > MAX_RULES) {
    throw invalidRequest(`The number of lifecycle rules must not exceed the allowed limit of ${MAX_RULES} rules.`);
  }
  checkIds(rules);
  checkOneForm(rules);
  rules.forEach(checkRule);
}

function checkIds(rules: XmlElement[]): void {
  const ids = rules.map((rule) => textAt(rule, "ID") ?? "").filter((id) => id !== "");
  const long = ids.find((id) => id.length > 255);
  if (long !== undefined) throw invalidArgument("ID length should not exceed allowed limit of 255", "ID", long);
  const repeated = ids.find((id, index) => ids.indexOf(id) !== index);
  if (repeated !== undefined) {
    throw invalidArgument("Rule ID must be unique. Found same ID for more than one rule", "ID", repeated);
  }
}

/** Either all rules have a Filter, or all have the legacy Prefix. */
function checkOneForm(rules: XmlElement[]): void {
  const isV2 = child(rules[0], "Filter") !== undefined;
  for (const rule of rules) {
    const [filter, prefix] = [child(rule, "Filter"), child(rule, "Prefix")];
    if (filter === undefined && prefix === undefined) throw malformedXml();
    if (isV2 && prefix !== undefined) {
      throw invalidRequest(
        "Base level prefix cannot be used in Lifecycle V2, prefixes are only supported in the Filter.",
      );
    }
    if (!isV2 && filter !== undefined) throw invalidRequest("Filter element can only be used in Lifecycle V2.");
  }
}

function checkRule(rule: XmlElement): void {
  if (!["Enabled", "Disabled"].includes(textAt(rule, "Status") ?? "")) throw malformedXml();
  if (!ACTIONS.some((name) => child(rule, name) !== undefined)) {
    throw invalidRequest("At least one action needs to be specified in a rule");
  }
  checkFilter(child(rule, "Filter"));
  checkExpiration(rule);
  checkNoncurrentExpiration(child(rule, "NoncurrentVersionExpiration"));
  checkAbort(rule);
  checkTransitions(rule);
}

function checkExpiration(rule: XmlElement): void {
  const expiration = child(rule, "Expiration");
  if (expiration === undefined) return;
  const given = ["Days", "Date", "ExpiredObjectDeleteMarker"].filter((name) => child(expiration, name) !== undefined);
  if (given.length !== 1) throw malformedXml();
  const { Days: days, Date: date } = fields(expiration);
  if (days !== undefined) positive("Days", days, "Expiration");
  if (date !== undefined) checkMidnight(date);
  if (given[0] !== "ExpiredObjectDeleteMarker") return;
  const { tags, sizes } = filterUses(child(rule, "Filter"));
  if (tags) throw invalidRequest("ExpiredObjectDeleteMarker cannot be specified with Tags.");
  if (sizes) throw invalidRequest("ExpiredObjectDeleteMarker cannot be specified with Object Size.");
}

function checkNoncurrentExpiration(expiration: XmlElement | undefined): void {
  if (expiration === undefined) return;
  const { NoncurrentDays: days, NewerNoncurrentVersions: newer } = fields(expiration);
  if (days === undefined) throw malformedXml();
  positive("NoncurrentDays", days, "NoncurrentVersionExpiration");
  if (newer === undefined) return;
  positive("NewerNoncurrentVersions", newer, "NoncurrentVersionExpiration");
  if (Number(newer) > 100) {
    throw invalidArgument("'NewerNoncurrentVersions' must be at most 100", "NewerNoncurrentVersions", newer);
  }
}

function checkAbort(rule: XmlElement): void {
  const abort = child(rule, "AbortIncompleteMultipartUpload");
  if (abort === undefined) return;
  const days = textAt(abort, "DaysAfterInitiation");
  if (days === undefined) throw malformedXml();
  positive("DaysAfterInitiation", days, "AbortIncompleteMultipartUpload");
  const { tags, sizes } = filterUses(child(rule, "Filter"));
  if (tags) throw invalidRequest("AbortIncompleteMultipartUpload cannot be specified with Tags.");
  if (sizes) throw invalidRequest("AbortIncompleteMultipartUpload cannot be specified with Object Size.");
}

function positive(name: string, value: string, action: string): void {
  if (!/^-?\d+$/.test(value)) throw malformedXml();
  if (Number(value) <= 0) {
    throw invalidArgument(`'${name}' for ${action} action must be a positive integer`, name, value);
  }
}

function fields(parent: XmlElement): Record<string, string | undefined> {
  return Object.fromEntries(parent.children.map(({ name, text }) => [name, text]));
}
