/**
 * Validates replication rules: FACTS.md#s3-replication.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-add-config.html
 */

import { child, textAt, type XmlElement } from "../xml.ts";
import { checkFilter, filterUses, notIn } from "./filter.ts";
import { invalidArgument, invalidRequest, malformedXml } from "./route.ts";

const MAX_RULES = 1000;
const MAX_ID = 255;
const STORAGE_CLASSES = new Set([
  "STANDARD",
  "REDUCED_REDUNDANCY",
  "STANDARD_IA",
  "ONEZONE_IA",
  "INTELLIGENT_TIERING",
  "GLACIER",
  "GLACIER_IR",
  "DEEP_ARCHIVE",
]);

/** Throws for the first error: number of rules, each rule, then conflicts of two rules. */
export function checkReplicationRules(rules: XmlElement[]): void {
  if (rules.length === 0) throw malformedXml();
  if (rules.length > MAX_RULES) {
    throw invalidRequest(`The number of replication rules must not exceed the allowed limit of ${MAX_RULES} rules.`);
  }
  rules.forEach(checkRule);
  if (new Set(rules.map(isV2)).size > 1) {
    throw invalidRequest("Rules with and without a Filter cannot be mixed in one configuration.");
  }
  refuseRepeated(rules, "ID", "Rule Id must be unique.");
  refuseRepeated(rules.filter(isV2), "Priority", "Found duplicate priority in replication rules.");
}

/** Name of the destination bucket. */
export function destinationName(rule: XmlElement): string {
  const arn = textAt(rule, "Destination", "Bucket") ?? "";
  const name = /^arn:aws:s3:::([a-z0-9.-]{3,63})$/.exec(arn)?.[1];
  if (name === undefined) throw invalidArgument("Invalid bucket ARN.", "Bucket", arn);
  return name;
}

/** Rules with a Filter have the newer schema, with more required fields. */
function isV2(rule: XmlElement): boolean {
  return child(rule, "Filter") !== undefined;
}

function checkRule(rule: XmlElement): void {
  const destination = child(rule, "Destination");
  if (!isSwitch(textAt(rule, "Status")) || textAt(destination, "Bucket") === undefined) throw malformedXml();
  const id = textAt(rule, "ID") ?? "";
  if (id.length > MAX_ID) throw invalidArgument(`ID length should not exceed allowed limit of ${MAX_ID}`, "ID", id);
  if (isV2(rule)) checkV2(rule);
  else if (child(rule, "Prefix") === undefined) throw malformedXml();
  checkDestination(destination);
  checkKmsReplication(rule, destination);
}

function checkV2(rule: XmlElement): void {
  const schema =
    "for this version of Cross Region Replication configuration schema. Please refer to S3 Developer Guide for more information.";
  if (child(rule, "Prefix") !== undefined) throw malformedXml();
  const [priority, deleteMarkers] = [textAt(rule, "Priority"), textAt(rule, "DeleteMarkerReplication", "Status")];
  if (priority === undefined) throw invalidRequest(`Priority must be specified ${schema}`);
  if (!/^\d+$/.test(priority)) throw malformedXml();
  if (deleteMarkers === undefined) throw invalidRequest(`DeleteMarkerReplication must be specified ${schema}`);
  if (!isSwitch(deleteMarkers)) throw malformedXml();
  checkFilter(child(rule, "Filter"));
  const not = notIn(child(rule, "Filter"));
  checkNot(not);
  const leavesOutTags = child(child(not, "Or") ?? not, "Tag") !== undefined;
  if (deleteMarkers === "Enabled" && (leavesOutTags || filterUses(child(rule, "Filter")).tags)) {
    throw invalidRequest("Delete marker replication is not supported if any Tag filter is specified.");
  }
}

/** An owner change requires the account. Replication time control requires metrics, both with 15 minutes. */
function checkDestination(destination: XmlElement | undefined): void {
  const storageClass = textAt(destination, "StorageClass");
  if (storageClass !== undefined && !STORAGE_CLASSES.has(storageClass)) throw malformedXml();
  if (!/^\d{12}$/.test(textAt(destination, "Account") ?? "0".repeat(12))) {
    throw invalidArgument("The account is not valid.", "Account", textAt(destination, "Account") ?? "");
  }
  const translation = child(destination, "AccessControlTranslation");
  if (translation !== undefined && textAt(translation, "Owner") !== "Destination") throw malformedXml();
  if (translation !== undefined && child(destination, "Account") === undefined) {
    throw invalidRequest("Account must be specified when AccessControlTranslation is specified.");
  }
  const [time, metrics] = [child(destination, "ReplicationTime"), child(destination, "Metrics")];
  if (time !== undefined && metrics === undefined) {
    throw invalidRequest("Metrics must be specified when ReplicationTime is specified.");
  }
  const minutes = [textAt(time, "Time", "Minutes"), textAt(metrics, "EventThreshold", "Minutes")];
  const wrong = minutes.find((value) => value !== undefined && value !== "15");
  if (wrong !== undefined) throw invalidArgument("Minutes must be 15.", "Minutes", wrong);
}

/** Requires exactly one child: FACTS.md#s3-replication. */
function checkNot(not: XmlElement | undefined): void {
  if (not === undefined) return;
  const [only, ...more] = not.children.filter(({ name }) => ["Prefix", "Tag", "Or"].includes(name));
  if (only === undefined || more.length > 0) throw malformedXml();
  if (only.name === "Or" && only.children.length === 0) throw malformedXml();
}

/** Replicating SSE-KMS objects requires a key in the destination's region, or the related multi-Region key. */
function checkKmsReplication(rule: XmlElement, destination: XmlElement | undefined): void {
  const wanted = textAt(rule, "SourceSelectionCriteria", "SseKmsEncryptedObjects", "Status") === "Enabled";
  const key = textAt(destination, "EncryptionConfiguration", "ReplicaKmsKeyID");
  const related = textAt(destination, "EncryptionConfiguration", "UseSourceMultiRegionKey", "Status");
  if (related !== undefined && !isSwitch(related)) throw malformedXml();
  if (wanted !== (key !== undefined || related === "Enabled")) {
    throw invalidRequest(
      "ReplicaKmsKeyID and enabled SseKmsEncryptedObjects must be specified together, or neither of them.",
    );
  }
}

function refuseRepeated(rules: XmlElement[], name: string, message: string): void {
  const values = rules.map((rule) => textAt(rule, name) ?? "").filter((value) => value !== "");
  if (new Set(values).size < values.length) throw invalidRequest(message);
}

function isSwitch(status: string | undefined): boolean {
  return status === "Enabled" || status === "Disabled";
}
