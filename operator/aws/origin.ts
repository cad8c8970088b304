import { UNREADABLE, WITHOUT_CODE } from "./error-codes.ts";

/** The part of an SDK error that says what happened. */
export interface SdkError extends Error {
  $metadata?: { httpStatusCode?: number; requestId?: string };
  $response?: { headers?: Record<string, string> };
  /** Node's, of a network error. */
  code?: unknown;
  /** In the body of AuthorizationHeaderMalformed. */
  Region?: string;
  /** In the body of NoSuchBucket. */
  BucketName?: string;
}

/** AWS's error code; undefined where the answer has none, and the SDK made the name up. */
export function codeOf({ name }: SdkError): string | undefined {
  return WITHOUT_CODE.has(name) || !/^[A-Za-z][A-Za-z0-9.]*$/.test(name) ? undefined : name;
}

/**
 * Whether AWS answered, not a proxy, firewall or load balancer before it: every answer of AWS has an error code, or,
 * where it has no body, at least the id of the request.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/get-request-ids.html
 */
export function isAnswerOfAws(error: SdkError): boolean {
  return codeOf(error) !== undefined || (error.$metadata?.requestId !== undefined && !UNREADABLE.has(error.name));
}

/** Whether an answer came that AWS did not give. */
export function isForeignAnswer(error: SdkError): boolean {
  const { httpStatusCode, requestId } = error.$metadata ?? {};
  return httpStatusCode !== undefined && requestId === undefined && !isAnswerOfAws(error);
}

/** "HTTP status 404, text/html" */
export function httpAnswer(statusCode: number, headers: Record<string, string> = {}): string {
  const type = /^[\w.+-]{1,64}\/[\w.+-]{1,64}/.exec(headers["content-type"] ?? "")?.[0];
  return type === undefined ? `HTTP status ${statusCode}` : `HTTP status ${statusCode}, ${type}`;
}
