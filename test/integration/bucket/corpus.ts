import { readFileSync } from "node:fs";
import type { S3BucketSpec } from "../../../operator/api/types.ts";
import type { Account } from "../../aws/index.ts";
import type { World } from "../support/world/world.ts";

/** Specs made from real definitions of buckets, which AWS takes, with other names and accounts. */
const SPECS = (
  JSON.parse(readFileSync(new URL("../../corpus/bucket-specs.json", import.meta.url), "utf8")) as {
    spec: S3BucketSpec;
  }[]
).map(({ spec }) => spec);

/** Account and key of most of the specs. */
const ACCOUNT = "111100000008";
const KEY = "1234abcd-12ab-34cd-56ef-1234567890ab";

/**
 * One spec of the corpus for each set of fields, for buckets in the world's account. Everything that they name exists.
 */
export async function corpusIn(world: World): Promise<S3BucketSpec[]> {
  const key = await world.createKey();
  const keyId = key.slice(key.lastIndexOf("/") + 1);
  const text = JSON.stringify(ofEachKind(SPECS)).replaceAll(ACCOUNT, world.account.id).replaceAll(KEY, keyId);
  createNamed(world, text);
  const specs = JSON.parse(text, (_field, value: unknown) => withoutRepeats(value)) as S3BucketSpec[];
  for (const { logging, replication } of specs) {
    if (logging !== undefined) createTarget(world.account, logging.targetBucket);
    for (const { destination } of replication?.rules ?? []) {
      // The corpus has one name for all destinations, which are in different accounts.
      const { account = world.account.id } = destination;
      destination.bucket += `-${account}`;
      createTarget(world.simulator.account(account), destination.bucket.replace(/^.*:/, ""));
    }
  }
  return specs.map((spec, index) => ({
    ...spec,
    bucketName: world.bucketName(`corpus-${index}`),
    region: regionOf(spec),
    deletionPolicy: "Retain",
  }));
}

function ofEachKind(specs: readonly S3BucketSpec[]): S3BucketSpec[] {
  const byFields = new Map(specs.map((spec) => [[...new Set(fieldsIn(spec))].sort().join(), spec]));
  return [...byFields.values()];
}

function fieldsIn(value: unknown, path = ""): string[] {
  if (typeof value !== "object" || value === null) return [path];
  return Object.entries(value).flatMap(([field, inner]) =>
    fieldsIn(inner, Array.isArray(value) ? path : `${path}.${field}`),
  );
}

/** Names became equal when they were replaced. */
function withoutRepeats(value: unknown): unknown {
  const isNames = Array.isArray(value) && value.every((each) => typeof each === "string");
  return isNames ? [...new Set(value)] : value;
}

/** Destinations of notifications are in the bucket's region. */
function regionOf({ notifications }: S3BucketSpec): string {
  return /arn:aws:s[qn]s:([a-z0-9-]+):/.exec(JSON.stringify(notifications ?? {}))?.[1] ?? "eu-central-1";
}

function createNamed(world: World, text: string): void {
  const { simulator } = world;
  for (const [arn, id = ""] of text.matchAll(/arn:aws:(?:sqs|sns|lambda):[a-z0-9-]+:(\d{12}):[\w:-]+/g)) {
    simulator.account(id).notificationDestinations.set(arn, "Allowed");
  }
  for (const [, id = "", kind = "", name = ""] of text.matchAll(
    /arn:aws:[a-z]+::(\d{12}):([a-z-]+)\/?([\w+=,.@-]*)/g,
  )) {
    const account = simulator.account(id);
    if (kind === "user") account.addUser(name);
    else if (kind !== "root" && ![...account.roles.values()].some((role) => role.name === name)) account.addRole(name);
  }
  for (const [id] of text.matchAll(/(?<=")\d{12}(?=")/g)) simulator.account(id);
}

function createTarget(account: Account, name: string): void {
  if (!account.buckets.has(name)) account.createBucket(name, "eu-central-1").versioning = "Enabled";
}
