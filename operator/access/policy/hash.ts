import { createHash } from "node:crypto";

/** `digits` hexadecimal digits; different for different lists, also where their parts read the same one after another. */
export function hexHash(parts: readonly string[], digits: number): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, digits);
}
