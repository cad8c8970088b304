/** Checksums of bodies and objects: https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html */

import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { AwsError } from "../errors.ts";
import type { AwsRequest } from "../http.ts";
import type { Checksum } from "../state.ts";
import { crc32c, crc64nvme, word } from "./crc.ts";
import { invalidRequest } from "./route.ts";

type Algorithm = Checksum["algorithm"];

const COMPUTE: Record<Algorithm, (body: Buffer) => Buffer> = {
  CRC32: (body) => word(crc32(body)),
  CRC32C: crc32c,
  CRC64NVME: crc64nvme,
  SHA1: (body) => createHash("sha1").update(body).digest(),
  SHA256: (body) => createHash("sha256").update(body).digest(),
};
const ALGORITHMS = Object.keys(COMPUTE) as Algorithm[];

/** x-amz-checksum-crc32 and so on. */
export const CHECKSUM_HEADERS = ALGORITHMS.map(headerOf);

export function checksumOf(algorithm: Algorithm, body: Buffer): string {
  return COMPUTE[algorithm](body).toString("base64");
}

/** Undefined for no algorithm. Throws InvalidRequest for an unknown one. */
export function algorithmOf(name: string | undefined): Algorithm | undefined {
  if (name === undefined) return undefined;
  const algorithm = ALGORITHMS.find((each) => each === name.toUpperCase());
  if (algorithm === undefined) throw invalidRequest("Checksum algorithm provided is unsupported.");
  return algorithm;
}

/** The checksum that the request carries, which is then stored with the object. */
export function checksumOfRequest({ headers }: Pick<AwsRequest, "headers">): Checksum | undefined {
  for (const algorithm of ALGORITHMS) {
    const value = headers[headerOf(algorithm)];
    if (value !== undefined) return { algorithm, value, type: "FULL_OBJECT" };
  }
  return undefined;
}

/**
 * Checksum of an object of several parts: of the checksums of its parts, or of the whole body.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 */
export function checksumOfParts(algorithm: Algorithm, type: Checksum["type"], parts: Buffer[]): Checksum {
  if (type === "FULL_OBJECT") return { algorithm, type, value: checksumOf(algorithm, Buffer.concat(parts)) };
  const value = checksumOf(algorithm, Buffer.concat(parts.map((part) => COMPUTE[algorithm](part))));
  return { algorithm, type, value: `${value}-${parts.length}` };
}

export function checksumHeaders(checksum: Checksum | undefined): Record<string, string> {
  if (checksum === undefined) return {};
  return { [headerOf(checksum.algorithm)]: checksum.value, "x-amz-checksum-type": checksum.type };
}

/** Throws BadDigest if the body does not match a checksum of the request. */
export function checkChecksums({ headers, body }: AwsRequest): void {
  const md5 = headers["content-md5"];
  if (md5 !== undefined && md5 !== createHash("md5").update(body).digest("base64")) throw badDigest("content-md5");
  for (const algorithm of ALGORITHMS) {
    const value = headers[headerOf(algorithm)];
    if (value !== undefined && value !== checksumOf(algorithm, body)) throw badDigest(headerOf(algorithm));
  }
}

/** Configuration writes require a checksum: trait `httpChecksumRequired` in S3's API model. */
export function requireChecksum({ headers, body }: AwsRequest): void {
  const isGiven = ["content-md5", ...CHECKSUM_HEADERS].some((name) => headers[name] !== undefined);
  if (body.length > 0 && !isGiven) {
    throw invalidRequest("Missing required header for this request: Content-MD5 OR x-amz-checksum-*");
  }
}

function headerOf(algorithm: Algorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

function badDigest(header: string): AwsError {
  return new AwsError(400, "BadDigest", `The value specified in the ${header} header did not match what we computed.`);
}
