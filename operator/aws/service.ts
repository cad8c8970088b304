import type { HandlerExecutionContext } from "@smithy/types";

/** Values of the `service` label in metrics, and <SERVICE> in the SDK's AWS_ENDPOINT_URL_<SERVICE>. */
export const SERVICES = ["s3", "s3-control", "kms", "iam", "eks", "sts"] as const;
export type Service = (typeof SERVICES)[number];

/** "GetBucketVersioning" */
export function operationName(context: HandlerExecutionContext): string {
  return context.commandName?.replace(/Command$/, "") ?? "Unknown";
}
