const POLL_MS = 25;
const TIMEOUT_MS = 40_000;

/** Polls until `accept` returns true. Fails with `describe` of the last value, or with the last error. */
export async function eventually<T, U extends T>(
  get: () => Promise<T> | T,
  accept: ((value: T) => value is U) | ((value: T) => boolean),
  describe: (last: T | undefined) => string = (last) => JSON.stringify(last),
  timeoutMs = TIMEOUT_MS,
): Promise<U> {
  const end = performance.now() + timeoutMs;
  let last: T | undefined;
  let failure: unknown;
  do {
    try {
      last = await get();
      failure = undefined;
      if (accept(last)) return last as U;
    } catch (error) {
      failure = error;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  } while (performance.now() < end);
  throw new Error(`Not reached within ${timeoutMs / 1000} s: ${describe(last)}`, { cause: failure });
}
