import type { Bucket } from "../../aws/index.ts";
import { withUnknownFields } from "../../aws/normalise.ts";
import type { XmlElement } from "../../aws/xml.ts";

const UNKNOWN = "SimulatedUnknownField";

/**
 * Adds an element to a field of a bucket that no version of the operator or its SDK knows. A plain string has no place
 * for one.
 */
export function addUnknown(bucket: Bucket, field: keyof Bucket): void {
  const value: unknown = bucket[field];
  Object.assign(bucket, { [field]: field === "policy" ? withForeignStatement(bucket) : changed(value) });
}

function changed(value: unknown): unknown {
  if (value instanceof Map) {
    const entries = [...value].map(([key, inner]) => [key, changed(inner)] as const);
    return new Map([...entries, ...(isOfWords(value) ? [[UNKNOWN, "kept"] as const] : [])]);
  }
  if (typeof value !== "object" || value === null) return value;
  if ("children" in value) return withUnknownFields(value as XmlElement);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, changed(inner)]));
}

function isOfWords(map: Map<unknown, unknown>): boolean {
  return [...map.values()].every((value) => typeof value === "string");
}

function withForeignStatement({ policy = "", name }: Bucket): string {
  const document = JSON.parse(policy) as { Statement: object[] };
  const foreign = {
    Sid: UNKNOWN,
    Effect: "Deny",
    Principal: "*",
    Action: "s3:PutBucketWebsite",
    Resource: `arn:aws:s3:::${name}`,
  };
  return JSON.stringify({ ...document, Statement: [...document.Statement, foreign] });
}

export function countUnknown(bucket: Bucket, field: keyof Bucket): number {
  const value: unknown = bucket[field];
  const text = JSON.stringify(value instanceof Map ? [...value] : value) ?? "";
  return text.split(UNKNOWN).length - 1;
}
