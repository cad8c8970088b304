/**
 * Conditional requests.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html
 */

import { AwsError } from "../errors.ts";
import type { AwsRequest } from "../http.ts";
import type { Bucket, ObjectVersion } from "../state.ts";

type Headers = AwsRequest["headers"];

export const READ_CONDITIONS = ["if-match", "if-none-match", "if-modified-since", "if-unmodified-since"];
export const WRITE_CONDITIONS = ["if-match", "if-none-match"];
const COPY_PREFIX = "x-amz-copy-source-";
export const COPY_CONDITIONS = READ_CONDITIONS.map((name) => `${COPY_PREFIX}${name}`);

/** Throws 304 NotModified or 412 PreconditionFailed unless the conditions of a read hold. */
export function checkReadConditions(headers: Headers, version: ObjectVersion): void {
  const [present, absent] = [matches(headers["if-match"], version), matches(headers["if-none-match"], version)];
  if (present === false) throw preconditionFailed("If-Match");
  if (present === undefined && isLater(version, headers["if-unmodified-since"]) === true) {
    throw preconditionFailed("If-Unmodified-Since");
  }
  if (absent === true || (absent === undefined && isLater(version, headers["if-modified-since"]) === false)) {
    throw new AwsError(304, "NotModified", "Not Modified", { headers: { etag: version.etag } });
  }
}

/** As for reads, on the source of a copy. There is no 304: a condition that does not hold is 412. */
export function checkCopyConditions(headers: Headers, version: ObjectVersion): void {
  const ofSource = Object.fromEntries(READ_CONDITIONS.map((name) => [name, headers[`${COPY_PREFIX}${name}`] ?? ""]));
  const given = Object.fromEntries(Object.entries(ofSource).filter(([, value]) => value !== ""));
  try {
    checkReadConditions(given, version);
  } catch (error) {
    throw error instanceof AwsError && error.status === 304 ? preconditionFailed("x-amz-copy-source-If-*") : error;
  }
}

/** Throws 412 PreconditionFailed, or 404 NoSuchKey for If-Match on a missing key, unless the conditions hold. */
export function checkWriteConditions(headers: Headers, { objects }: Bucket, key: string): void {
  const current = objects.get(key)?.[0];
  const existing = current?.deleteMarker === false ? current : undefined;
  if (headers["if-none-match"] !== undefined && existing !== undefined) throw preconditionFailed("If-None-Match");
  if (headers["if-match"] === undefined) return;
  const details = { Key: key };
  if (existing === undefined) throw new AwsError(404, "NoSuchKey", "The specified key does not exist.", { details });
  if (matches(headers["if-match"], existing) === false) throw preconditionFailed("If-Match");
}

/** A write with If-Match also needs permission to read: it tells about the object. */
export function conditionActions({ headers }: AwsRequest): string[] {
  return headers["if-match"] === undefined ? [] : ["s3:GetObject"];
}

/** Undefined without a condition. */
function matches(condition: string | undefined, { etag }: ObjectVersion): boolean | undefined {
  const bare = (text: string) => text.trim().replace(/^W\//, "").replaceAll('"', "");
  return condition?.split(",").some((each) => each.trim() === "*" || bare(each) === bare(etag));
}

/** Whether the version is later than the date, in whole seconds. Undefined without a condition or a valid date. */
function isLater({ lastModified }: ObjectVersion, date: string | undefined): boolean | undefined {
  const time = date === undefined ? NaN : Date.parse(date);
  return Number.isNaN(time) ? undefined : Math.floor(lastModified / 1000) * 1000 > time;
}

function preconditionFailed(Condition: string): AwsError {
  const message = "At least one of the pre-conditions you specified did not hold";
  return new AwsError(412, "PreconditionFailed", message, { details: { Condition } });
}
