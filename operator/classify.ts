import { awsFailure } from "./aws/errors.ts";
import { Failed } from "./kube/stop.ts";
import type { Failure } from "./kube/outcome.ts";

/** What anything thrown by a reconcile means. The text of an unknown error stays in the log: it may hold anything. */
export function classify(error: unknown): Failure {
  if (error instanceof Failed) return error.failure;
  return (
    awsFailure(error) ?? { reason: "InternalError", message: "The operator failed on this object; its log says how." }
  );
}
