/** Time, as everything here sees it: injected, so that tests decide when it passes. */

export interface Clock {
  /** Milliseconds since the epoch; only for timestamps that people and servers read. */
  now(): number;
  /** Milliseconds that never jump; for durations and deadlines. */
  monotonic(): number;
  /** Calls `callback` once after `delayMs`. Returns a function that cancels it. */
  schedule(delayMs: number, callback: () => void): () => void;
}

/** The longest delay of `setTimeout`, about 24.8 days; a longer one would fire after 1 ms. */
export const MAX_DELAY_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  schedule(delayMs, callback) {
    const timer = setTimeout(callback, Math.min(delayMs, MAX_DELAY_MS));
    return () => clearTimeout(timer);
  },
};

/** Resolves after `delayMs`, or at once when `signal` aborts: look at the signal afterwards. */
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
  /** True when time ran out, as against the parent having aborted. */
  expired(): boolean;
  /** Gives the whole time anew. */
  restart(): void;
}

/**
 * A signal that aborts with a `TimeoutError` after `delayMs`, or with its parent. Use with `using`: disposing takes the timer
 * and the parent's listener away, which `AbortSignal.any` and `AbortSignal.timeout` would leave until collected.
 */
export function deadline(clock: Clock, delayMs: number, parent?: AbortSignal): Deadline {
  const controller = new AbortController();
  let expired = false;
  const expire = () => {
    expired = !controller.signal.aborted;
    controller.abort(new DOMException(`No end within ${Math.round(delayMs / 1000)} s`, "TimeoutError"));
  };
  const follow = () => controller.abort(parent?.reason);
  let cancel = clock.schedule(Math.max(0, delayMs), expire);
  if (parent?.aborted) follow();
  else parent?.addEventListener("abort", follow);
  return {
    signal: controller.signal,
    expired: () => expired,
    restart() {
      cancel();
      cancel = clock.schedule(delayMs, expire);
    },
    [Symbol.dispose]() {
      cancel();
      parent?.removeEventListener("abort", follow);
    },
  };
}

/** An abort controller that aborts with its parent, too. Use with `using`, which takes the parent's listener away. */
export function linkedController(parent: AbortSignal): AbortController & Disposable {
  const controller = new AbortController();
  const follow = () => controller.abort(parent.reason);
  if (parent.aborted) follow();
  else parent.addEventListener("abort", follow);
  return Object.assign(controller, { [Symbol.dispose]: () => parent.removeEventListener("abort", follow) });
}

/** `promise`, or the signal's reason as a rejection if that comes first. What the promise does afterwards is ignored. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason as Error);
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort);
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
