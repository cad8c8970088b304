import { createHash } from "node:crypto";

/** Equal for equal values, as JSON has them; short, since thousands of buckets have a dozen each. */
export function fingerprint(value: unknown): string {
  return createHash("sha256")
    .update(JSON.stringify(value) ?? "")
    .digest("base64url")
    .slice(0, 16);
}
