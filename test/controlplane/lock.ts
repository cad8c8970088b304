/**
 * A lock between processes: a file that its owner touches again and again. Node has no flock, and a process ID means
 * nothing between containers that share a cache. The lock only saves double work: two owners at once, possible after a
 * suspended machine wakes, must do no harm.
 */

import { open, rm, stat, utimes } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { withProgress } from "./progress.ts";
import type { Log } from "./source.ts";

export interface LockTimes {
  refreshMs: number;
  /** Age at which the owner of a lock counts as dead. */
  staleMs: number;
  pollMs: number;
}

const defaultTimes: LockTimes = { refreshMs: 2000, staleMs: 15_000, pollMs: 500 };

export async function withLock<T>(
  file: string,
  log: Log,
  work: () => Promise<T>,
  times: LockTimes = defaultTimes,
): Promise<T> {
  if (!(await tryLock(file))) {
    await withProgress(log, `Waiting for another process that holds ${file}`, () => waitForLock(file, times));
  }
  const refresh = setInterval(() => void utimes(file, new Date(), new Date()).catch(() => undefined), times.refreshMs);
  try {
    return await work();
  } finally {
    clearInterval(refresh);
    await rm(file, { force: true });
  }
}

async function waitForLock(file: string, { staleMs, pollMs }: LockTimes): Promise<void> {
  while (!(await tryLock(file))) {
    if ((await ageOf(file)) > staleMs) await rm(file, { force: true });
    else await sleep(pollMs);
  }
}

async function tryLock(file: string): Promise<boolean> {
  try {
    await (await open(file, "wx")).close();
    return true;
  } catch (error) {
    if (isCode(error, "EEXIST")) return false;
    throw error;
  }
}

/** Milliseconds since the last refresh; 0 when the lock was released in between. */
async function ageOf(file: string): Promise<number> {
  try {
    return Date.now() - (await stat(file)).mtimeMs;
  } catch (error) {
    if (isCode(error, "ENOENT")) return 0;
    throw error;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
