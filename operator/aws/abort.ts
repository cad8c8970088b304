import { addAbortListener } from "node:events";

/** An abort in the shape that the SDK gives it, whatever the signal's reason is; the reason is the cause. */
export function abortError(signal: AbortSignal): Error {
  return Object.assign(new Error("Request aborted", { cause: signal.reason }), { name: "AbortError" });
}

/** As `promise`, but rejects at once with {@link abortError} when the signal aborts. What `promise` stands for is not ended by that. */
export async function rejectOnAbort<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  const aborted = Promise.withResolvers<never>();
  const listener = addAbortListener(signal, () => aborted.reject(abortError(signal)));
  try {
    return await Promise.race([aborted.promise, promise]);
  } finally {
    listener[Symbol.dispose]();
  }
}
