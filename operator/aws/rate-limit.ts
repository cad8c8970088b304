import { addAbortListener } from "node:events";
import type { Clock } from "../clock.ts";
import { abortError } from "./abort.ts";

/** Time to recover from zero to the configured rate without throttling. */
const RECOVERY_SECONDS = 120;
/** A burst of throttled answers halves the rate once. */
const HALVING_INTERVAL_MS = 1000;
/** Part of the configured rate. One throttled bucket must not stop its whole account. */
const LOWEST_SHARE = 1 / 50;

/** A token bucket for one second. Its rate halves when AWS throttles and recovers linearly. */
export interface RateLimiter {
  /** Resolves when the next request may be sent, in order of the calls. Rejects when the signal aborts. */
  acquire(signal?: AbortSignal): Promise<void>;
  /** AWS throttled a request. */
  throttled(): void;
  /** Sets the configured rate in requests per second. */
  configure(requestsPerSecond: number): void;
  /** Present rate in requests per second. */
  rate(): number;
}

/** @throws RangeError unless `requestsPerSecond` is a positive number. */
export function createRateLimiter(requestsPerSecond: number, clock: Clock): RateLimiter {
  let configured = positive(requestsPerSecond);
  let rate = configured;
  let tokens = capacity(rate);
  let refilledAt = clock.monotonic();
  let halvedAt = -Infinity;
  let cancelTimer = () => {};
  const waiting = new Set<() => void>();

  const refill = () => {
    const now = clock.monotonic();
    const seconds = Math.max(0, now - refilledAt) / 1000;
    refilledAt = now;
    rate = Math.min(configured, rate + (configured * seconds) / RECOVERY_SECONDS);
    tokens = Math.min(capacity(rate), tokens + rate * seconds);
  };

  const serve = () => {
    cancelTimer();
    refill();
    for (const start of waiting) {
      if (tokens < 1) {
        cancelTimer = clock.schedule(Math.ceil(((1 - tokens) / rate) * 1000), serve);
        return;
      }
      tokens -= 1;
      waiting.delete(start);
      start();
    }
  };

  return {
    acquire: (signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(abortError(signal));
        const start = () => {
          listener?.[Symbol.dispose]();
          resolve();
        };
        const listener =
          signal &&
          addAbortListener(signal, () => {
            waiting.delete(start);
            reject(abortError(signal));
          });
        waiting.add(start);
        serve();
      }),
    throttled: () => {
      refill();
      if (clock.monotonic() - halvedAt < HALVING_INTERVAL_MS) return;
      halvedAt = clock.monotonic();
      rate = Math.max(configured * LOWEST_SHARE, rate / 2);
      tokens = 0;
      serve();
    },
    configure: (next) => {
      if (next === configured) return;
      refill();
      rate = rate === configured ? positive(next) : Math.min(rate, positive(next));
      configured = next;
      tokens = Math.min(tokens, capacity(rate));
      serve();
    },
    rate: () => {
      refill();
      return rate;
    },
  };
}

/** Returns one limiter for each account and service, because AWS throttles all callers of these together. */
export function createRateLimiters(
  requestsPerSecond: number,
  clock: Clock,
): (accountId: string, service: string) => RateLimiter {
  const limiters = new Map<string, RateLimiter>();
  return (accountId, service) => {
    const key = `${accountId}/${service}`;
    const limiter = limiters.get(key) ?? createRateLimiter(requestsPerSecond, clock);
    limiters.set(key, limiter);
    return limiter;
  };
}

function capacity(rate: number): number {
  return Math.max(1, rate);
}

function positive(requestsPerSecond: number): number {
  if (Number.isFinite(requestsPerSecond) && requestsPerSecond > 0) return requestsPerSecond;
  throw new RangeError(`requests per second must be a positive number, not ${requestsPerSecond}`);
}
