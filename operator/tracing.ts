import { SpanStatusCode, trace, type Span, type SpanOptions } from "@opentelemetry/api";

/** https://opentelemetry.io/docs/concepts/instrumentation-scope/ */
const SCOPE = "s3-operator";

/**
 * Runs `work` in a span; spans that it starts are children. Records nothing unless the user loads an OpenTelemetry SDK:
 * https://opentelemetry.io/docs/languages/js/instrumentation/
 */
export function inSpan<T>(name: string, options: SpanOptions, work: (span: Span) => Promise<T>): Promise<T> {
  return trace.getTracer(SCOPE).startActiveSpan(name, options, async (span) => {
    try {
      return await work(span);
    } finally {
      span.end();
    }
  });
}

/** `type` is one word of a closed list. Messages stay out: they may quote a tenant. */
export function markFailed(span: Span, type: string): void {
  span.setAttribute("error.type", type);
  span.setStatus({ code: SpanStatusCode.ERROR, message: type });
}
