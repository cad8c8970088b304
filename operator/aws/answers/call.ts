import type { FinalizeRequestMiddleware } from "@smithy/types";
import type { AwsCall } from "../origin.ts";
import { operationName, type Service } from "../service.ts";

/** Tells the error of each attempt what was asked of which host, which the SDK's messages lack. */
export function noteCall<Input extends object, Output extends object>(
  service: Service,
): FinalizeRequestMiddleware<Input, Output> {
  return (next, context) => async (args) => {
    try {
      return await next(args);
    } catch (error) {
      const call = { operation: `${prefixOf(service)}:${operationName(context)}`, host: hostOf(args.request) };
      // The error of a nested call, such as AssumeRole, keeps its own.
      if (error instanceof Error && !("$call" in error)) Object.defineProperty(error, "$call", { value: call });
      throw error;
    }
  };
}

/** Of the service's IAM actions. */
function prefixOf(service: Service): string {
  return service === "s3-control" ? "s3" : service;
}

export function hostOf(request: unknown): AwsCall["host"] {
  return String((request as { hostname?: unknown } | undefined)?.hostname);
}
