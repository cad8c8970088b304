/** The source of time for all of the operator, replaced in tests. */

export interface Clock {
  /** Milliseconds since the epoch, for timestamps. */
  now(): number;
  /** Milliseconds that never jump, for durations and deadlines. */
  monotonic(): number;
  /** Calls `callback` once after `delayMs`. Returns a function that cancels it. */
  schedule(delayMs: number, callback: () => void): () => void;
}

/** The longest delay of `setTimeout`, about 24.8 days. A longer one would fire after 1 ms. */
export const MAX_DELAY_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  schedule(delayMs, callback) {
    const timer = setTimeout(callback, Math.min(delayMs, MAX_DELAY_MS));
    return () => clearTimeout(timer);
  },
};

/** Resolves after `delayMs`, or as soon as `signal` aborts. */
export function sleep(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted || delayMs <= 0) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      cancel();
      signal.removeEventListener("abort", end);
      resolve();
    };
    const cancel = clock.schedule(delayMs, end);
    signal.addEventListener("abort", end);
  });
}

export interface Deadline extends Disposable {
  signal: AbortSignal;
  /** True if the time ran out, false if the parent aborted first. */
  expired(): boolean;
  /** Starts the full delay again. */
  restart(): void;
}

/**
 * A signal that aborts with a `TimeoutError` after `delayMs`, or with its parent. Use with `using`: disposing removes
 * the timer and the parent's listener, which `AbortSignal.any` and `AbortSignal.timeout` keep until garbage collection.
 */
export function deadline(clock: Clock, delayMs: number, parent?: AbortSignal): Deadline {
  const controller = linkedController(parent);
  let expired = false;
  const expire = () => {
    expired = !controller.signal.aborted;
    controller.abort(new DOMException(`No end within ${Math.round(delayMs / 1000)} s`, "TimeoutError"));
  };
  let cancel = clock.schedule(Math.max(0, delayMs), expire);
  return {
    signal: controller.signal,
    expired: () => expired,
    restart() {
      cancel();
      cancel = clock.schedule(delayMs, expire);
    },
    [Symbol.dispose]() {
      cancel();
      controller[Symbol.dispose]();
    },
  };
}

/** An abort controller that also aborts with its parent. Use with `using`, which removes the parent's listener. */
export function linkedController(parent: AbortSignal | undefined): AbortController & Disposable {
  const controller = new AbortController();
  const follow = () => controller.abort(parent?.reason);
  if (parent?.aborted) follow();
  else parent?.addEventListener("abort", follow);
  return Object.assign(controller, { [Symbol.dispose]: () => parent?.removeEventListener("abort", follow) });
}

/** Settles like `promise`, or rejects with the signal's reason if `signal` aborts first. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason as Error);
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort);
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
