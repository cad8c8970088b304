import { withKnownNames } from "./known-principals.ts";
import { UNKNOWN_FIELD } from "./rewriting-store.ts";

/**
 * Canonical form of a document that was put to S3: equal for two documents that have the same meaning by AWS's
 * reference. It follows the reference and not the settings, because it judges the settings:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
 */
export function meaningOf(value: unknown, name = ""): unknown {
  if (Array.isArray(value)) return meaningOfList(value, name);
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "object" && value !== null) return meaningOfObject(value as Fields, name);
  return isDefault(name, value) ? undefined : value;
}

type Fields = Record<string, unknown>;

/** Lists whose order counts, because the first entry that matches wins. */
const ORDERED = new Set(["CORSRules", "RoutingRules"]);
const WITHOUT_CASE = new Set(["AllowedHeaders", "ExposeHeaders", "Action", "NotAction"]);
/** Empty elements that have a meaning. */
const MARKERS = new Set(["EventBridgeConfiguration", "SSES3"]);
const SWITCHES = new Set([
  "DeleteMarkerReplication",
  "SseKmsEncryptedObjects",
  "ReplicaModifications",
  "ReplicationTime",
  "UseSourceMultiRegionKey",
  "Metrics",
]);
const POLICY_LISTS = new Set([
  "Statement",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "AWS",
  "Service",
  "Federated",
]);

/** Whether S3 treats the value as if it were absent. Numbers never are. */
function isDefault(name: string, value: unknown): boolean {
  if (value === "") return ["Prefix", "TargetPrefix", "KeyPrefixEquals"].includes(name);
  if (value === false) return name === "ExpiredObjectDeleteMarker" || name === "BucketKeyEnabled";
  if (value === undefined || name === UNKNOWN_FIELD) return true;
  return name === "TransitionDefaultMinimumObjectSize" && value === "all_storage_classes_128K";
}

function meaningOfList(list: unknown[], name: string): unknown {
  const items = list
    .filter((item) => !(name === "EncryptionType" && item === "NONE"))
    .map((item) => meaningOf(typeof item === "string" ? meaningOfText(item, name) : item))
    .filter((item) => item !== undefined);
  if (ORDERED.has(name)) return items;
  const texts = new Set(items.map((item) => JSON.stringify(item)));
  return texts.size === 0 ? undefined : [...texts].sort().map((text) => JSON.parse(text) as unknown);
}

function meaningOfText(text: string, list: string): string {
  if (list === "AWS") return /^arn:[\w-]+:iam::(\d{12}):root$/.exec(text)?.[1] ?? text;
  return WITHOUT_CASE.has(list) ? text.toLowerCase() : text;
}

function meaningOfObject(fields: Fields, name: string): unknown {
  if (SWITCHES.has(name) && fields.Status === "Disabled") return undefined;
  const entries = Object.entries(sameForm(fields, name))
    .map(([field, value]) => [field, meaningOf(listed(field, value), field)] as const)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.length > 0 || MARKERS.has(name) ? Object.fromEntries(entries) : undefined;
}

function sameForm(fields: Fields, name: string): Fields {
  if (name === "Filter") return flat(fields);
  return name === "Principal" || name === "NotPrincipal" ? withKnownNames(fields) : fields;
}

/** In a policy, a list of one may stand for it. */
function listed(field: string, value: unknown): unknown {
  return POLICY_LISTS.has(field) && !Array.isArray(value) ? [value] : value;
}

/** A single criterion may be bare or in `And`. */
function flat({ And, Tag, ...bare }: Fields): Fields {
  const { Tags = [], ...others } = (And ?? {}) as { Tags?: unknown[] };
  return { ...bare, ...others, Tags: Tag === undefined ? Tags : [...Tags, Tag] };
}
