/**
 * Presigned URLs, as an application creates them with its own credentials.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 */

import { canonicalQuery, encodeStrictly, signatureOf } from "./signature.ts";
import type { Credentials } from "./state.ts";

export interface PresignOptions {
  method: "GET" | "PUT" | "HEAD" | "DELETE";
  bucket: string;
  key: string;
  region?: string;
  /** Default: 15 minutes. */
  expiresInSeconds?: number;
  /** Headers that the user of the URL must send unchanged. Names in lower case. */
  headers?: Record<string, string>;
  /** Milliseconds. Default: now. */
  now?: number;
}

/** A URL for this one request, with the rights of these credentials. */
export function presign(url: string, credentials: Credentials, options: PresignOptions): string {
  const { method, bucket, key, region = "us-east-1", expiresInSeconds = 900, headers = {}, now = Date.now() } = options;
  const time = new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const signed: Record<string, string> = { host: new URL(url).host, ...headers };
  const signedHeaders = Object.keys(signed).toSorted();
  const path = `/${bucket}/${key.split("/").map(encodeStrictly).join("/")}`;
  const query = new URLSearchParams({
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": `${credentials.accessKeyId}/${time.slice(0, 8)}/${region}/s3/aws4_request`,
    "X-Amz-Date": time,
    "X-Amz-Expires": String(expiresInSeconds),
    "X-Amz-SignedHeaders": signedHeaders.join(";"),
    ...(credentials.sessionToken !== undefined && { "X-Amz-Security-Token": credentials.sessionToken }),
  });
  const parts = {
    method,
    path,
    query,
    headers: signed,
    signedHeaders,
    payloadHash: "UNSIGNED-PAYLOAD",
    time,
    region,
    service: "s3",
  };
  return `${url}${path}?${canonicalQuery(query)}&X-Amz-Signature=${signatureOf(parts, credentials.secretAccessKey)}`;
}
