import { vi } from "vitest";

/** Retries `check` until it no longer throws. */
export const eventually = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: 4_500, interval: 5 });
