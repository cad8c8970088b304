/** Errors of IAM: https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html and each operation's own. */

import { AwsError } from "../errors.ts";

export function noSuchEntity(message: string): AwsError {
  return new AwsError(404, "NoSuchEntity", message);
}

export function alreadyExists(message: string): AwsError {
  return new AwsError(409, "EntityAlreadyExists", message);
}

export function limitExceeded(message: string): AwsError {
  return new AwsError(409, "LimitExceeded", message);
}

export function malformedDocument(message: string): AwsError {
  return new AwsError(400, "MalformedPolicyDocument", message);
}

export function invalidInput(message: string): AwsError {
  return new AwsError(400, "InvalidInput", message);
}

/** The error for a parameter that does not match the API model. */
export function validationError(value: string, parameter: string, constraint: string): AwsError {
  const message = `1 validation error detected: Value '${value}' at '${parameter}' failed to satisfy constraint: ${constraint}`;
  return new AwsError(400, "ValidationError", message);
}
