import { awsErrorKind, isNoSuchBucket } from "../../aws/errors.ts";
import { CommandError } from "../../cli/command.ts";
import { throwFailure } from "../../reconcile/aws-failure.ts";
import type { Read } from "../findings.ts";

/**
 * The answer of a call, undefined if the resource does not exist, or what the user can do so that the call succeeds.
 * @param action the IAM action that the call needs
 * @throws CommandError or OutcomeError for any other failure
 */
export async function readOrRemedy<T>(action: string, call: Promise<T>): Promise<Read<T | undefined>> {
  try {
    return { value: await call };
  } catch (error) {
    if (isNoSuchBucket(error)) throw new CommandError("The bucket does not exist at AWS: see the S3Bucket's condition");
    const kind = awsErrorKind(error);
    if (kind === "NotFound") return { value: undefined };
    if (kind === "AccessDenied") return { remedy: `allow ${action}` };
    if (kind === "Unsupported") return { remedy: `the endpoint does not support ${action}` };
    return throwFailure(action)(error);
  }
}

export function mapRead<T, U>(read: Read<T>, change: (value: T) => U): Read<U> {
  return read.remedy === undefined ? { value: change(read.value) } : { remedy: read.remedy };
}

/** All values, or the first remedy. */
export function allRead<T>(reads: readonly Read<T>[]): Read<T[]> {
  const values: T[] = [];
  for (const read of reads) {
    if (read.remedy !== undefined) return { remedy: read.remedy };
    values.push(read.value);
  }
  return { value: values };
}
