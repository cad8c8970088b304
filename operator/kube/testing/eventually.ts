import { vi } from "vitest";

/** Waits until `check` no longer throws; for what happens over the network, in its own time. */
export const eventually = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: 4_500, interval: 5 });
