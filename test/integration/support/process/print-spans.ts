/** Loaded into the operator with --import, in place of an OpenTelemetry SDK: prints each ended span as a JSON line. */
import { context, trace } from "@opentelemetry/api";
import { BasicTracerProvider, SimpleSpanProcessor, type ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { createContextManager } from "../../../../operator/testing/spans.ts";

const print = (span: ReadableSpan) => {
  const { traceId, spanId } = span.spanContext();
  const line = {
    span: span.name,
    attributes: span.attributes,
    traceId,
    spanId,
    parent: span.parentSpanContext?.spanId,
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
};
const exporter = {
  export(spans: ReadableSpan[], done: (result: { code: 0 }) => void) {
    spans.forEach(print);
    done({ code: 0 });
  },
  shutdown: () => Promise.resolve(),
};

context.setGlobalContextManager(createContextManager());
trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
