/**
 * The policy of a form, which limits what a browser can upload with it.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
 */

import { AwsError } from "../errors.ts";
import type { Form } from "../form.ts";
import { isObject, parseJsonObject } from "../policy-json.ts";
import { accessDenied } from "./route.ts";

/** Fields that need no condition; also those with the prefix x-ignore-. */
const FREE = new Set(["policy", "x-amz-signature", "file"]);

export interface Posted {
  bucketName: string;
  /** After the substitution of ${filename}. */
  key: string;
  form: Form;
  /** Milliseconds. */
  now: number;
}

/** Throws AccessDenied, EntityTooLarge or EntityTooSmall for a form that its policy does not allow. */
export function checkPostPolicy({ bucketName, key, form, now }: Posted): void {
  const policy = parsedPolicy(form.fields.get("policy") ?? "");
  if (!(Date.parse(policy.expiration) > now)) throw refused("Policy expired.");
  const fields = new Map([...form.fields, ["bucket", bucketName], ["key", key]]);
  const size = form.file?.body.length ?? 0;
  const covered = new Set(policy.conditions.flatMap((condition) => check(condition, fields, size)));
  const isFree = (name: string) => FREE.has(name) || name.startsWith("x-ignore-");
  const extra = [...form.fields.keys()].filter((name) => !isFree(name) && !covered.has(name));
  if (extra.length > 0) throw refused(`Extra input fields: ${extra.join(", ")}`);
}

function parsedPolicy(encoded: string): { expiration: string; conditions: unknown[] } {
  const document = parseJsonObject(Buffer.from(encoded, "base64").toString());
  if (document === undefined) throw invalid("Invalid JSON.");
  const { expiration, conditions } = document;
  if (typeof expiration !== "string") throw invalid("Policy missing expiration.");
  if (!Array.isArray(conditions)) throw invalid("Policy missing conditions.");
  return { expiration, conditions };
}

/** The names of the fields that the condition covers. Throws if it is not met. */
function check(condition: unknown, fields: ReadonlyMap<string, string>, size: number): string[] {
  const [match, left, right] = partsOf(condition);
  if (match === "content-length-range") {
    checkSize(size, Number(left), Number(right));
    return [];
  }
  const name = String(left).slice(1).toLowerCase();
  const value = fields.get(name) ?? "";
  const isMet = match === "starts-with" ? value.startsWith(String(right)) : match === "eq" && value === right;
  if (!isMet || !String(left).startsWith("$")) {
    throw refused(`Policy Condition failed: [${[match, left, right].map((part) => JSON.stringify(part)).join(", ")}]`);
  }
  return [name];
}

/** A property of an object is an exact match. */
function partsOf(condition: unknown): unknown[] {
  if (Array.isArray(condition)) return condition;
  const [[name, value] = [], ...others] = isObject(condition) ? Object.entries(condition) : [];
  if (name !== undefined && value !== undefined && others.length === 0) return ["eq", `$${name}`, value];
  throw invalid("Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.");
}

function checkSize(size: number, smallest: number, largest: number): void {
  const details = { ProposedSize: String(size) };
  if (size > largest) {
    const message = "Your proposed upload exceeds the maximum allowed size";
    throw new AwsError(400, "EntityTooLarge", message, { details: { ...details, MaxSizeAllowed: String(largest) } });
  }
  if (size < smallest) {
    const message = "Your proposed upload is smaller than the minimum allowed size";
    throw new AwsError(400, "EntityTooSmall", message, { details: { ...details, MinSizeAllowed: String(smallest) } });
  }
}

function refused(why: string): AwsError {
  return accessDenied(`Invalid according to Policy: ${why}`);
}

function invalid(why: string): AwsError {
  return new AwsError(400, "InvalidPolicyDocument", `Invalid Policy: ${why}`);
}
