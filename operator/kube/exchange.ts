/** One request and its response, with timeout and metrics. All errors become KubeErrors. */

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

/** `send` resolves with the parsed response. `open` yields the bytes of the response, without a timeout. */
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

/** Throws for a response outside 2xx. */
async function refuse(name: string, { statusCode, headers, body }: Dispatcher.ResponseData): Promise<void> {
  if (statusCode >= 200 && statusCode <= 299) return;
  const retryAfter = headers["retry-after"];
  const status = statusBodyOf(await body.text());
  throw errorOfStatus(name, statusCode, status, typeof retryAfter === "string" ? retryAfter : undefined);
}

/** Undefined for a response that is not JSON, such as the HTML of a proxy. */
function statusBodyOf(text: string): StatusBody | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === "object" && body !== null ? body : undefined;
  } catch {
    return undefined;
  }
}

/** `name` is the name of the call, for the error. */
export function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new KubeError(name, 0, BROKEN_ANSWER, "the answer is not JSON");
  }
}

/** Keeps only the code of a network error: its message may contain addresses. An abort by the caller stays as it is. */
function asKubeError(error: unknown, { name, signal }: Call): unknown {
  if (signal?.aborted) return signal.reason;
  if (error instanceof KubeError) return error;
  if (error instanceof DOMException && error.name === "TimeoutError")
    return new KubeError(name, 0, TIMEOUT, error.message);
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return new KubeError(name, 0, UNREACHABLE, code);
}
