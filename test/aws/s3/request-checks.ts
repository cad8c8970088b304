/** Checks of the body and headers of every S3 request. */

import { AwsError } from "../errors.ts";
import type { AwsRequest } from "../http.ts";
import { sha256 } from "../signature.ts";
import { checkComplete } from "./aws-chunked.ts";
import { checkChecksums, CHECKSUM_HEADERS } from "./checksums.ts";

const COMMON_HEADERS = new Set([
  "x-amz-content-sha256",
  "x-amz-date",
  "x-amz-security-token",
  "x-amz-user-agent",
  // Sent to S3 Control, whose requests arrive here if the store does not have it.
  "x-amz-account-id",
  // The version of the API, which the AWS SDK for C++ sends with each request.
  "x-amz-api-version",
  "x-amz-expected-bucket-owner",
  "x-amz-sdk-checksum-algorithm",
  "x-amz-decoded-content-length",
  "x-amz-trailer",
  "x-amz-trailer-signature",
  ...CHECKSUM_HEADERS,
]);

/** Headers for conditional or partial requests. Ignoring one would do what the caller has excluded. */
const CONDITIONAL = /^(if-|range$)/;

/** True for headers that every route accepts. */
export function isCommonHeader(name: string): boolean {
  return COMMON_HEADERS.has(name) || (!name.startsWith("x-amz-") && !CONDITIONAL.test(name));
}

/** Throws if the body is incomplete, or does not match its checksums. */
export function checkIntegrity(request: AwsRequest): void {
  const { headers, body } = request;
  const signed = headers["x-amz-content-sha256"] ?? "UNSIGNED-PAYLOAD";
  if (!/^(UNSIGNED-PAYLOAD$|STREAMING-)/.test(signed) && signed !== sha256(body)) {
    const message = "The provided 'x-amz-content-sha256' header does not match what was computed.";
    throw new AwsError(400, "XAmzContentSHA256Mismatch", message);
  }
  checkComplete(request);
  checkChecksums(request);
}
