import { createHash } from "node:crypto";

/** Stands for a value in comparisons. Short, because there are many. Recorded in status: must not change. */
export function fingerprint(value: unknown): string {
  return sha256(JSON.stringify(value) ?? "")
    .toString("base64url")
    .slice(0, 16);
}

/** Makes names at AWS unique. Names that exist derive from it: must not change. */
export function hexHash(text: string, digits: number): string {
  return sha256(text).toString("hex").slice(0, digits);
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
