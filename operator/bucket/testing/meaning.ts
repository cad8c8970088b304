import { UNKNOWN_FIELD } from "./rewriting-store.ts";

/**
 * The meaning of a document sent to S3: equal for two that AWS's reference calls equal, in any order and form. Derived
 * from that reference and not from the settings, which it judges:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
 */
export function meaningOf(value: unknown, name = ""): unknown {
  if (Array.isArray(value)) return meaningOfList(value, name);
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "object" && value !== null) return meaningOfObject(value as Fields, name);
  return isDefault(name, value) ? undefined : value;
}

type Fields = Record<string, unknown>;

/** The first entry that matches wins. */
const ORDERED = new Set(["CORSRules", "RoutingRules"]);
const WITHOUT_CASE = new Set(["AllowedHeaders", "ExposeHeaders", "Action", "NotAction"]);
/** Elements that have a meaning even if empty. */
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

/** Whether S3 treats the value like an absent one. Never true for a number. */
function isDefault(name: string, value: unknown): boolean {
  if (value === "") return name === "Prefix" || name === "TargetPrefix";
  if (value === false) return name === "ExpiredObjectDeleteMarker" || name === "BucketKeyEnabled";
  if (value === undefined || name === UNKNOWN_FIELD) return true;
  return name === "TransitionDefaultMinimumObjectSize" && value === "all_storage_classes_128K";
}

/** Documents that every new bucket has. */
function isNewBuckets(name: string, { Status, Payer }: Fields): boolean {
  if (name === "AccelerateConfiguration") return Status === "Suspended";
  return (name === "Abac" && Status === "Disabled") || (name === "RequestPayment" && Payer === "BucketOwner");
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
  if (isNewBuckets(name, fields)) return undefined;
  const entries = Object.entries(name === "Filter" ? flat(fields) : fields)
    .map(([field, value]) => [field, meaningOf(listed(field, value), field)] as const)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.length > 0 || MARKERS.has(name) ? Object.fromEntries(entries) : undefined;
}

/** In a policy, a single value means a list of one. */
function listed(field: string, value: unknown): unknown {
  return POLICY_LISTS.has(field) && !Array.isArray(value) ? [value] : value;
}

/** One criterion stands bare or in `And`. */
function flat({ And, Tag, ...bare }: Fields): Fields {
  const { Tags = [], ...others } = (And ?? {}) as { Tags?: unknown[] };
  return { ...bare, ...others, Tags: Tag === undefined ? Tags : [...Tags, Tag] };
}
