import {
  SMITHY_CONTEXT_KEY,
  type FinalizeRequestMiddleware,
  type HandlerExecutionContext,
  type InitializeMiddleware,
  type Pluggable,
} from "@smithy/types";
import { Counter, Histogram, type Registry } from "prom-client";
import type { Clock } from "../clock.ts";
import { rejectOnAbort } from "./abort.ts";
import type { SharedCredentials } from "./credentials.ts";
import type { Denials } from "./denials.ts";
import { awsErrorKind, isExpiredCredentials } from "./errors.ts";
import type { RateLimiter } from "./rate-limit.ts";
import { operationName, SERVICES, type Service } from "./service.ts";
import { traceCalls } from "./trace.ts";

export interface AwsMetrics {
  requests: Counter<"service" | "operation" | "code">;
  duration: Histogram<"service" | "operation">;
  throttles: Counter<"service">;
}

export function createAwsMetrics(registry: Registry): AwsMetrics {
  const registers = [registry];
  const throttles = new Counter({
    name: "s3_operator_aws_throttles_total",
    help: "Requests that AWS throttled.",
    labelNames: ["service"],
    registers,
  });
  for (const service of SERVICES) throttles.inc({ service }, 0);
  return {
    requests: new Counter({
      name: "s3_operator_aws_requests_total",
      help: "Requests sent to AWS, including retries. code is the HTTP status, or the kind of failure without an answer.",
      labelNames: ["service", "operation", "code"],
      registers,
    }),
    duration: new Histogram({
      name: "s3_operator_aws_request_duration_seconds",
      help: "Time from sending a request to AWS to its complete answer or failure, without the wait for the rate limit.",
      labelNames: ["service", "operation"],
      buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20],
      registers,
    }),
    throttles,
  };
}

export interface Instruments {
  service: Service;
  metrics: AwsMetrics;
  limiter: RateLimiter;
  /** Collects the denials of the identity. */
  denials?: Denials;
  /** Called before each attempt; false: the attempt fails without a request. */
  mayCall?: (() => boolean) | undefined;
  clock: Clock;
}

/** Adds rate limit and metrics to every attempt, inside the SDK's retries, and a span to the whole call. */
export function instrument<Input extends object, Output extends object>(
  instruments: Instruments,
): Pluggable<Input, Output> {
  const rateLimit: FinalizeRequestMiddleware<Input, Output> = (next, context) => async (args) => {
    await instruments.limiter.acquire(signalOf(context));
    return next(args);
  };
  const measure: FinalizeRequestMiddleware<Input, Output> = (next, context) => async (args) => {
    // As late as possible: the process may have been stopped while it waited or signed.
    if (instruments.mayCall?.() === false)
      throw new DOMException("The operator may not call AWS any more", "AbortError");
    const finish = start(instruments, operationName(context));
    try {
      const result = await next(args);
      finish(codeOf(result.response));
      return result;
    } catch (error) {
      finish(codeOfError(error));
      instruments.denials?.note(error);
      if (awsErrorKind(error) === "Throttled") slowDown(instruments);
      throw error;
    }
  };
  return {
    applyToStack: (stack) => {
      // Before signing, because a signature expires.
      const beforeSigning = { relation: "before", toMiddleware: "httpSigningMiddleware" } as const;
      stack.addRelativeTo(rateLimit, { name: "rateLimit", override: true, ...beforeSigning });
      stack.add(measure, { name: "measure", override: true, step: "finalizeRequest", priority: "low" });
      // Around the middleware of guard, so that the span of an aborted call ends.
      const aroundAll = { relation: "before", toMiddleware: "end" } as const;
      stack.addRelativeTo(traceCalls(instruments.service), { name: "trace", override: true, ...aroundAll });
    },
  };
}

/** Returns a function to call once, with the code, when the attempt has ended. */
function start({ service, metrics, clock }: Instruments, operation: string): (code: string) => void {
  const startedAt = clock.monotonic();
  return (code) => {
    metrics.requests.inc({ service, operation, code });
    metrics.duration.observe({ service, operation }, (clock.monotonic() - startedAt) / 1000);
  };
}

function slowDown({ service, metrics, limiter }: Instruments): void {
  metrics.throttles.inc({ service });
  limiter.throttled();
}

/** Rejects a call as soon as its signal aborts. Retries it once if AWS calls the credentials expired. */
export function guard<Input extends object, Output extends object>(
  credentials: SharedCredentials,
  clock: Clock,
): Pluggable<Input, Output> {
  const onceMore: InitializeMiddleware<Input, Output> = (next) => async (args) => {
    const startedAt = clock.monotonic();
    try {
      return await next(args);
    } catch (error) {
      if (!isExpiredCredentials(error)) throw error;
      credentials.dropIfFetchedBefore(startedAt);
    }
    return next(args);
  };
  const end: InitializeMiddleware<Input, Output> = (next, context) => (args) =>
    rejectOnAbort(next(args), signalOf(context));
  return {
    applyToStack: (stack) => {
      stack.add(onceMore, { name: "onceMore", override: true, step: "initialize" });
      stack.add(end, { name: "end", override: true, step: "initialize", priority: "high" });
    },
  };
}

function signalOf(context: HandlerExecutionContext): AbortSignal | undefined {
  const signal: unknown = context[SMITHY_CONTEXT_KEY]?.["abortSignal"];
  return signal instanceof AbortSignal ? signal : undefined;
}

function codeOf(response: unknown): string {
  return String((response as { statusCode?: number } | undefined)?.statusCode ?? "Unknown");
}

/** The HTTP status, Node's code of a network error, "TimeoutError", "AbortError" or "Error". */
function codeOfError(error: unknown): string {
  const { name, code, $metadata, $response } = error as {
    name?: string;
    code?: unknown;
    $metadata?: { httpStatusCode?: number };
    $response?: { statusCode?: number };
  };
  const status = $metadata?.httpStatusCode ?? $response?.statusCode;
  if (status !== undefined) return String(status);
  if (name === "TimeoutError" || name === "AbortError") return name;
  return typeof code === "string" && /^E[A-Z0-9_]{1,40}$/.test(code) ? code : "Error";
}
