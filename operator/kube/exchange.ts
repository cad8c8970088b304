/** One request and its answer: time limit, metrics, and every way of failing turned into a KubeError. */

import type { Dispatcher } from "undici";
import { deadline, type Clock } from "../clock.ts";
import type { Connection, HttpRequest } from "./connection.ts";
import { BROKEN_ANSWER, errorOfStatus, KubeError, TIMEOUT, UNREACHABLE, type StatusBody } from "./errors.ts";
import type { KubeMetrics } from "./metrics.ts";

export interface Call extends Omit<HttpRequest, "signal"> {
  /** For error messages, such as "get pods default/web". */
  name: string;
  signal?: AbortSignal | undefined;
}

export interface ExchangeOptions {
  timeoutMs: number;
  clock: Clock;
  metrics: KubeMetrics;
}

/** `send` resolves with the parsed answer; `open` yields the answer's bytes as they come, with no limit but the call's signal. */
export function createExchange(connection: Connection, { timeoutMs, clock, metrics }: ExchangeOptions) {
  async function answerTo(call: Call, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const start = clock.monotonic();
    let code = "<error>";
    try {
      const answer = await connection.send({ ...call, signal });
      code = String(answer.statusCode);
      return answer;
    } finally {
      metrics.request({ method: call.method, host: connection.host, code }, (clock.monotonic() - start) / 1000);
    }
  }

  return {
    async send(call: Call): Promise<unknown> {
      using limit = deadline(clock, timeoutMs, call.signal);
      try {
        const answer = await answerTo(call, limit.signal);
        await refuse(call.name, answer);
        return parseJson(call.name, await answer.body.text());
      } catch (error) {
        throw asKubeError(error, call);
      }
    },

    async *open(call: Call & { signal: AbortSignal }): AsyncGenerator<Uint8Array> {
      try {
        const answer = await answerTo(call, call.signal);
        await refuse(call.name, answer);
        yield* answer.body;
      } catch (error) {
        throw asKubeError(error, call);
      }
    },
  };
}

/** Throws for an answer outside 2xx. */
async function refuse(name: string, { statusCode, headers, body }: Dispatcher.ResponseData): Promise<void> {
  if (statusCode >= 200 && statusCode <= 299) return;
  const retryAfter = headers["retry-after"];
  const status = statusBodyOf(await body.text());
  throw errorOfStatus(name, statusCode, status, typeof retryAfter === "string" ? retryAfter : undefined);
}

/** Proxies in between answer in HTML, of which nothing is repeated. */
function statusBodyOf(text: string): StatusBody | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === "object" && body !== null ? body : undefined;
  } catch {
    return undefined;
  }
}

/** `name` is the call's, for the error. */
export function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new KubeError(name, 0, BROKEN_ANSWER, "the answer is not JSON");
  }
}

/** Network errors are named by their code only: their messages may hold addresses. An abort by the caller stays what it is. */
function asKubeError(error: unknown, { name, signal }: Call): unknown {
  if (signal?.aborted) return signal.reason;
  if (error instanceof KubeError) return error;
  if (error instanceof DOMException && error.name === "TimeoutError")
    return new KubeError(name, 0, TIMEOUT, error.message);
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return new KubeError(name, 0, UNREACHABLE, code);
}
