/** Checks of the body and headers of every S3 request. */

import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { AwsError, notImplemented } from "../errors.ts";
import type { AwsRequest } from "../http.ts";
import { invalidRequest } from "./route.ts";

const COMMON_HEADERS = new Set([
  "x-amz-content-sha256",
  "x-amz-date",
  "x-amz-security-token",
  "x-amz-user-agent",
  // Sent to S3 Control, whose requests arrive here if the store does not have it.
  "x-amz-account-id",
  "x-amz-expected-bucket-owner",
  "x-amz-sdk-checksum-algorithm",
  "x-amz-checksum-crc32",
  "x-amz-checksum-sha1",
  "x-amz-checksum-sha256",
]);

/** Headers for conditional or partial requests. Ignoring one would do what the caller has excluded. */
const CONDITIONAL = /^(if-|range$)/;

/** True for headers that every route accepts. */
export function isCommonHeader(name: string): boolean {
  return COMMON_HEADERS.has(name) || (!name.startsWith("x-amz-") && !CONDITIONAL.test(name));
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html */
export function checkIntegrity({ headers, body }: AwsRequest): void {
  const signed = headers["x-amz-content-sha256"];
  if (signed?.startsWith("STREAMING-") === true) throw notImplemented(`x-amz-content-sha256: ${signed}`);
  if (signed !== undefined && signed !== "UNSIGNED-PAYLOAD" && signed !== digest("sha256", body, "hex")) {
    const message = "The provided 'x-amz-content-sha256' header does not match what was computed.";
    throw new AwsError(400, "XAmzContentSHA256Mismatch", message);
  }
  const wrong = checksums(body).find(([name, value]) => headers[name] !== undefined && headers[name] !== value());
  if (wrong !== undefined) {
    const message = `The value specified in the ${wrong[0]} header did not match what we computed.`;
    throw new AwsError(400, "BadDigest", message);
  }
}

/** Configuration writes require a checksum: trait `httpChecksumRequired` in S3's API model. */
export function requireChecksum({ headers, body }: AwsRequest): void {
  if (body.length === 0 || checksums(body).some(([name]) => headers[name] !== undefined)) return;
  throw invalidRequest("Missing required header for this request: Content-MD5 OR x-amz-checksum-*");
}

function checksums(body: Buffer): [header: string, compute: () => string][] {
  return [
    ["content-md5", () => digest("md5", body, "base64")],
    ["x-amz-checksum-crc32", () => crc32Base64(body)],
    ["x-amz-checksum-sha1", () => digest("sha1", body, "base64")],
    ["x-amz-checksum-sha256", () => digest("sha256", body, "base64")],
  ];
}

function digest(algorithm: string, body: Buffer, encoding: "hex" | "base64"): string {
  return createHash(algorithm).update(body).digest(encoding);
}

function crc32Base64(body: Buffer): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(body));
  return bytes.toString("base64");
}
