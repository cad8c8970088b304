/** Signature Version 4: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */

import { createHash, createHmac } from "node:crypto";

export interface SignedParts {
  method: string;
  /** Percent-encoded, as sent. */
  path: string;
  /** Without X-Amz-Signature. */
  query: URLSearchParams;
  /** At least the signed headers. Names in lower case. */
  headers: Record<string, string>;
  signedHeaders: string[];
  /** Hex digest of the body, or UNSIGNED-PAYLOAD. */
  payloadHash: string;
  /** In the form 20260131T120000Z. */
  time: string;
  region: string;
  service: string;
}

/** The signature in hex. */
export function signatureOf(parts: SignedParts, secretAccessKey: string): string {
  const scope = scopeParts(parts.time, parts.region, parts.service);
  const toSign = ["AWS4-HMAC-SHA256", parts.time, scope.join("/"), sha256(canonicalRequest(parts))].join("\n");
  return hmac(signingKey(scope, secretAccessKey), toSign).toString("hex");
}

/** A chunk or trailer of a streamed body: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html */
export interface StreamPart {
  kind: "PAYLOAD" | "TRAILER";
  time: string;
  region: string;
  /** Signature of the part before; of the request for the first part. */
  previous: string;
  /** Hex digests at the end of the string to sign. */
  hashes: string[];
}

export function streamSignature({ kind, time, region, previous, hashes }: StreamPart, secretAccessKey: string): string {
  const scope = scopeParts(time, region, "s3");
  const toSign = [`AWS4-HMAC-SHA256-${kind}`, time, scope.join("/"), previous, ...hashes].join("\n");
  return hmac(signingKey(scope, secretAccessKey), toSign).toString("hex");
}

/** Of a POST policy, in base64: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html */
export function policySignature(
  policy: string,
  { time, region }: Pick<SignedParts, "time" | "region">,
  secretAccessKey: string,
): string {
  return hmac(signingKey(scopeParts(time, region, "s3"), secretAccessKey), policy).toString("hex");
}

export function sha256(text: string | Buffer): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Percent-encodes all but unreserved characters, as signatures require. */
export function encodeStrictly(text: string): string {
  const hex = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, hex);
}

/** The query in signing order. */
export function canonicalQuery(query: URLSearchParams): string {
  const pairs = [...query].map(([name, value]) => `${encodeStrictly(name)}=${encodeStrictly(value)}`);
  return pairs.toSorted((a, b) => (a < b ? -1 : 1)).join("&");
}

function canonicalRequest({ method, path, query, headers, signedHeaders, payloadHash, service }: SignedParts): string {
  // Only S3 signs the path as sent. The other services encode it once more.
  const canonicalPath = service === "s3" ? path : path.split("/").map(encodeStrictly).join("/");
  const lines = signedHeaders.map((name) => `${name}:${(headers[name] ?? "").trim().replaceAll(/ +/g, " ")}\n`);
  return [method, canonicalPath, canonicalQuery(query), lines.join(""), signedHeaders.join(";"), payloadHash].join(
    "\n",
  );
}

function scopeParts(time: string, region: string, service: string): string[] {
  return [time.slice(0, 8), region, service, "aws4_request"];
}

function signingKey(scope: string[], secretAccessKey: string): string | Buffer {
  return scope.reduce<string | Buffer>((secret, part) => hmac(secret, part), `AWS4${secretAccessKey}`);
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
