import { awsFailure } from "../aws/errors.ts";
import { Failed } from "../kube/stop.ts";

/**
 * For the `catch` of a call to AWS: ends the reconcile with what the error means. `action` is an IAM action, `resource` an ARN: both go into the
 * message of a denial. An error that is none of AWS's is a bug, and is thrown on.
 */
export function failWith(action: string, resource: string): (error: unknown) => never {
  return (error) => {
    const failure = awsFailure(error, { action, resource });
    throw failure === undefined ? error : new Failed(failure);
  };
}
