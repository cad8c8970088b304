/** Errors of S3: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */

import { AwsError, deniedMessage } from "../errors.ts";
import type { AwsRequest, Reply } from "../http.ts";
import type { Failure, Rejection } from "../service.ts";
import type { Identity } from "../state.ts";
import { element, xmlDocument } from "../xml.ts";
import { accessDenied } from "./route.ts";

/** HEAD answers have no body, so the caller does not get the code. */
export function renderError(error: AwsError, { path }: Pick<AwsRequest, "path">, requestId: string): Reply {
  const root = element("Error", [
    element("Code", error.code),
    element("Message", error.message),
    ...Object.entries(error.details).map(([name, value]) => element(name, value)),
    element("Resource", path),
    element("RequestId", requestId),
    element("HostId", "simulator"),
  ]);
  const headers = { "content-type": "application/xml", ...error.headers };
  return { status: error.status, headers, body: xmlDocument(root) };
}

export function failure(kind: Failure): AwsError {
  switch (kind) {
    case "throttle":
      return new AwsError(503, "SlowDown", "Please reduce your request rate.");
    case "operationAborted":
      return new AwsError(
        409,
        "OperationAborted",
        "A conflicting conditional operation is currently in progress against this resource. Please try again.",
      );
    case "internalError":
      return new AwsError(500, "InternalError", "We encountered an internal error. Please try again.");
  }
}

export function rejection(kind: Rejection): AwsError {
  switch (kind) {
    case "missing":
      return accessDenied();
    case "malformed":
      return new AwsError(
        400,
        "AuthorizationHeaderMalformed",
        "The authorization header that you provided is not valid.",
      );
    case "unknown":
      return new AwsError(
        403,
        "InvalidAccessKeyId",
        "The AWS Access Key Id you provided does not exist in our records.",
      );
    case "expired":
      return new AwsError(400, "ExpiredToken", "The provided token has expired.");
    case "malformedQuery":
      return new AwsError(
        400,
        "AuthorizationQueryParametersError",
        "Query-string authentication requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.",
      );
    case "malformedForm":
      return new AwsError(
        400,
        "InvalidArgument",
        "Bucket POST must contain the fields 'X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Date', 'X-Amz-Signature' and 'Policy'.  If they are specified, please check the order of the fields.",
      );
    case "expiredUrl":
      return accessDenied("Request has expired");
    case "wrongSignature":
      return new AwsError(
        403,
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
      );
    case "invalidToken":
      return new AwsError(400, "InvalidToken", "The provided token is malformed or otherwise invalid.");
  }
}

export function denied(caller: Identity, action: string, resource: string, because?: string): AwsError {
  if (caller.outside !== undefined) return accessDenied();
  return accessDenied(deniedMessage(caller.arn, action, resource, because));
}
