import { awsErrorKind, isNoSuchBucket } from "../../aws/errors.ts";
import { awsFailure } from "../../reconcile/aws-failure.ts";
import { ExplainError } from "../error.ts";
import type { Read } from "../findings.ts";

/**
 * What a call answers; undefined for what is not there; or what to do so that it can be read.
 * @param action the IAM action that the call needs
 * @throws ExplainError where AWS gives no answer, or the bucket is not there
 */
export async function attempt<T>(action: string, call: Promise<T>): Promise<Read<T | undefined>> {
  try {
    return { value: await call };
  } catch (error) {
    if (isNoSuchBucket(error)) throw new ExplainError("The bucket does not exist at AWS: see the S3Bucket's condition");
    const kind = awsErrorKind(error);
    if (kind === "NotFound") return { value: undefined };
    if (kind === "AccessDenied") return { remedy: `allow ${action}` };
    if (kind === "Unsupported") return { remedy: `the endpoint does not know ${action}` };
    return failed(action)(error);
  }
}

/** Of what was read, if it was. */
export function mapRead<T, U>(read: Read<T>, change: (value: T) => U): Read<U> {
  return read.remedy === undefined ? { value: change(read.value) } : { remedy: read.remedy };
}

/** All, or the first that could not be read. */
export function allRead<T>(reads: readonly Read<T>[]): Read<T[]> {
  const values: T[] = [];
  for (const read of reads) {
    if (read.remedy !== undefined) return { remedy: read.remedy };
    values.push(read.value);
  }
  return { value: values };
}

/** For the `catch` of a call; an error that is not AWS's is a bug, and is thrown on. */
export function failed(action: string): (error: unknown) => never {
  return (error) => {
    const failure = awsFailure(error, { action });
    throw failure === undefined ? error : new ExplainError(failure.message);
  };
}
