import { createHash } from "node:crypto";

/** `digits` hexadecimal digits. Lists that differ only in where their parts are split have different hashes. */
export function hexHash(parts: readonly string[], digits: number): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, digits);
}
