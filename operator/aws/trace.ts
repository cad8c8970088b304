import { SpanKind } from "@opentelemetry/api";
import type { InitializeMiddleware } from "@smithy/types";
import { inSpan, markFailed } from "../tracing.ts";
import { awsErrorKind, isNoSuchBucket } from "./errors.ts";
import { operationName, type Service } from "./service.ts";

/** `$metadata` of answers and errors of the SDK. */
interface Metadata {
  httpStatusCode?: number;
  requestId?: string;
  attempts?: number;
}

/**
 * A span for each call, including waits and retries, without parameters or content of answers.
 * Names: https://opentelemetry.io/docs/specs/semconv/cloud-providers/aws-sdk/
 */
export function traceCalls<Input extends object, Output extends object>(
  service: Service,
): InitializeMiddleware<Input, Output> {
  return (next, context) => (args) => {
    const operation = operationName(context);
    const attributes = { "rpc.system": "aws-api", "rpc.service": service, "rpc.method": operation };
    return inSpan(`${service}.${operation}`, { kind: SpanKind.CLIENT, attributes }, async (span) => {
      try {
        const result = await next(args);
        span.setAttributes(attributesOf(result.output));
        return result;
      } catch (error) {
        span.setAttributes(attributesOf(error));
        const kind = awsErrorKind(error) ?? "Unknown";
        // Not an error: most settings are not set on most buckets.
        if (kind !== "NotFound" && !isNoSuchBucket(error)) markFailed(span, kind);
        throw error;
      }
    });
  };
}

function attributesOf(answer: unknown) {
  const { httpStatusCode, requestId, attempts } = (answer as { $metadata?: Metadata } | undefined)?.$metadata ?? {};
  return {
    "http.response.status_code": httpStatusCode,
    "aws.request_id": requestId,
    "http.request.resend_count": attempts === undefined ? undefined : attempts - 1,
  };
}
