/**
 * Validates transitions: FACTS.md#s3-lifecycle.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
 */

import { child, childrenNamed, textAt, type XmlElement } from "../xml.ts";
import { invalidArgument, invalidRequest, malformedXml } from "./route.ts";

/** Storage classes from warm to cold. Objects only move from left to right. */
const WATERFALL = ["STANDARD_IA", "INTELLIGENT_TIERING", "ONEZONE_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"];
const INFREQUENT_ACCESS = new Set(["STANDARD_IA", "ONEZONE_IA"]);
/** Minimum days before a transition to an infrequent-access class, and between it and {@link AFTER_MINIMUM_STORAGE}. */
const INFREQUENT_ACCESS_DAYS = 30;
/** Classes that a rule reaches only after the minimum storage charge of the infrequent-access class before. */
const AFTER_MINIMUM_STORAGE = new Set(["ONEZONE_IA", "GLACIER", "DEEP_ARCHIVE"]);

interface Transition {
  storageClass: string;
  days: number | undefined;
  date: string | undefined;
}

export function checkTransitions(rule: XmlElement): void {
  const current = childrenNamed(rule, "Transition").map((each) => parse(each, "Days"));
  const noncurrent = childrenNamed(rule, "NoncurrentVersionTransition").map((each) => parse(each, "NoncurrentDays"));
  checkMixture(current, child(rule, "Expiration"));
  checkWaterfall(current, "Days", "Transition");
  checkWaterfall(noncurrent, "NoncurrentDays", "NoncurrentVersionTransition");
  checkExpiresLater(current, textAt(rule, "Expiration", "Days"), "Days", "Expiration");
  const noncurrentExpiration = textAt(rule, "NoncurrentVersionExpiration", "NoncurrentDays");
  checkExpiresLater(noncurrent, noncurrentExpiration, "NoncurrentDays", "NoncurrentVersionExpiration");
}

/** Throws unless the date is midnight GMT. */
export function checkMidnight(date: string): void {
  const time = Date.parse(date);
  if (Number.isNaN(time)) throw malformedXml();
  if (time % 86_400_000 !== 0) throw invalidArgument("'Date' must be at midnight GMT", "Date", date);
}

function parse(transition: XmlElement, daysName: "Days" | "NoncurrentDays"): Transition {
  const storageClass = textAt(transition, "StorageClass") ?? "";
  const days = textAt(transition, daysName);
  const date = textAt(transition, "Date");
  if (!WATERFALL.includes(storageClass) || (days !== undefined && date !== undefined)) throw malformedXml();
  if (date !== undefined) checkMidnight(date);
  if (date !== undefined) return { storageClass, days: undefined, date };
  if (days === undefined && daysName === "NoncurrentDays") throw malformedXml();
  // Neither: at once.
  if (days === undefined) return { storageClass, days: 0, date };
  if (!/^-?\d+$/.test(days)) throw malformedXml();
  if (Number(days) < 0)
    throw invalidArgument(`'${daysName}' for Transition action must be nonnegative`, daysName, days);
  return { storageClass, days: Number(days), date };
}

/** One rule uses either days or dates, also for its expiration. */
function checkMixture(transitions: Transition[], expiration: XmlElement | undefined): void {
  const days = transitions.some((each) => each.days !== undefined) || child(expiration, "Days") !== undefined;
  const dates = transitions.some((each) => each.date !== undefined) || child(expiration, "Date") !== undefined;
  if (days && dates) {
    throw invalidRequest("Found mixed 'Date' and 'Days' based Expiration and Transition actions in lifecycle rule");
  }
}

function checkWaterfall(transitions: Transition[], daysName: string, action: string): void {
  const classes = transitions.map(({ storageClass }) => storageClass);
  if (new Set(classes).size < classes.length) {
    throw invalidRequest(`'StorageClass' must be different for '${action}' actions in same 'Rule'`);
  }
  const ordered = transitions.toSorted((a, b) => rank(a) - rank(b));
  for (const [index, transition] of ordered.entries()) {
    checkEarliest(transition, daysName, action);
    checkLater(ordered[index - 1], transition, daysName, action);
  }
}

function checkEarliest({ storageClass, days }: Transition, daysName: string, action: string): void {
  if (days === undefined || !INFREQUENT_ACCESS.has(storageClass) || days >= INFREQUENT_ACCESS_DAYS) return;
  throw invalidArgument(
    `'${daysName}' in ${action} action must be greater than or equal to 30 for storageClass '${storageClass}'`,
    daysName,
    String(days),
  );
}

/** The transition to a colder class comes later; after an infrequent-access class it can have to wait 30 days. */
function checkLater(warmer: Transition | undefined, colder: Transition, daysName: string, action: string): void {
  if (warmer?.days === undefined || colder.days === undefined) return;
  const hasGap = INFREQUENT_ACCESS.has(warmer.storageClass) && AFTER_MINIMUM_STORAGE.has(colder.storageClass);
  const gap = hasGap ? INFREQUENT_ACCESS_DAYS : 1;
  if (colder.days - warmer.days >= gap) return;
  throw invalidArgument(
    `'${daysName}' in the '${action}' action for StorageClass '${colder.storageClass}' must be ${gap} days more than '${daysName}' in the '${action}' action for StorageClass '${warmer.storageClass}'`,
    daysName,
    String(colder.days),
  );
}

function checkExpiresLater(
  transitions: Transition[],
  expirationDays: string | undefined,
  daysName: string,
  action: string,
): void {
  if (expirationDays === undefined) return;
  const last = Math.max(-1, ...transitions.map(({ days }) => days ?? -1));
  if (Number(expirationDays) > last) return;
  const message = `'${daysName}' in the ${action} action must be greater than '${daysName}' in the Transition action`;
  throw invalidArgument(message, daysName, expirationDays);
}

function rank({ storageClass }: Transition): number {
  return WATERFALL.indexOf(storageClass);
}
