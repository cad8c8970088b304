/** AWS errors, independent of the protocol. Each service renders them in its own. */

/** Extras of an error answer: `details` become elements beside Code and Message, `headers` are sent unchanged. */
export interface ErrorExtras {
  details?: Record<string, string>;
  headers?: Record<string, string>;
}

export class AwsError extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: Record<string, string>;
  readonly headers: Record<string, string>;

  constructor(status: number, code: string, message: string, { details = {}, headers = {} }: ErrorExtras = {}) {
    super(message);
    this.name = code;
    this.status = status;
    this.code = code;
    this.details = details;
    this.headers = headers;
  }
}

/**
 * The answer to anything that the simulator does not know, with the code that S3 has for functionality that is not
 * implemented: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
export function notImplemented(what: string): AwsError {
  return new AwsError(501, "NotImplemented", `The AWS simulator does not implement ${what}.`);
}

/**
 * The message of a denial. Names an identity-based policy unless `because` says otherwise.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export function deniedMessage(
  callerArn: string,
  action: string,
  resource: string,
  because = `because no identity-based policy allows the ${action} action`,
): string {
  return `User: ${callerArn} is not authorized to perform: ${action} on resource: "${resource}" ${because}`;
}
