import { addAbortListener } from "node:events";

/** An AbortError as the SDK throws it, with the signal's reason as its cause. */
export function abortError(signal: AbortSignal): Error {
  return Object.assign(new Error("Request aborted", { cause: signal.reason }), { name: "AbortError" });
}

/** As `promise`, but rejects with {@link abortError} when the signal aborts. Does not end the work behind it. */
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
