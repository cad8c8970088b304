import { type Span, type SpanOptions, SpanStatusCode, trace } from "@opentelemetry/api";

/** As OpenTelemetry names what makes spans. */
const SCOPE = "s3-operator";

/**
 * `work` inside a span, which ends with it; spans begun in there are its children. This is OpenTelemetry's API and no more: until somebody loads an
 * SDK beside the operator, nothing is recorded. https://opentelemetry.io/docs/languages/js/instrumentation/
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

/** `type` is one word of few. Messages stay out: they may quote what a tenant wrote. */
export function markFailed(span: Span, type: string): void {
  span.setAttribute("error.type", type);
  span.setStatus({ code: SpanStatusCode.ERROR, message: type });
}
