import { UNREADABLE, WITHOUT_CODE } from "./error-codes.ts";

export interface SdkError extends Error {
  $metadata?: { httpStatusCode?: number; requestId?: string };
  $response?: Response;
  /** The attempt that failed, if it reached the network. Set by answers/call.ts. */
  $call?: AwsCall;
  /** Node's code of a network error. */
  code?: unknown;
  /** In the body of AuthorizationHeaderMalformed. */
  Region?: string;
  /** In the body of NoSuchBucket. */
  BucketName?: string;
}

/** An HTTP answer in the middleware of the SDK. */
export interface Response {
  statusCode: number;
  headers: Record<string, string>;
  /** A stream, bytes after it was read, or text. */
  body?: unknown;
}

/** A call of the SDK. */
export interface AwsCall {
  /** "sts:GetCallerIdentity". For S3, the operation often differs from the IAM action. */
  operation: string;
  /** Without the port. */
  host: string;
}

/** AWS's error code; undefined if the SDK made up the name. */
export function codeOf({ name }: SdkError): string | undefined {
  return WITHOUT_CODE.has(name) || !/^[A-Za-z][A-Za-z0-9.]*$/.test(name) ? undefined : name;
}

/**
 * Whether AWS answered, and not a proxy: every error of AWS has a code or, without a body, a request id.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/get-request-ids.html
 */
export function isAnswerOfAws(error: SdkError): boolean {
  return codeOf(error) !== undefined || (error.$metadata?.requestId !== undefined && !UNREADABLE.has(error.name));
}

/** Whether another server answered in place of AWS. */
export function isForeignAnswer(error: SdkError): boolean {
  const { httpStatusCode, requestId } = error.$metadata ?? {};
  return httpStatusCode !== undefined && requestId === undefined && !isAnswerOfAws(error);
}
