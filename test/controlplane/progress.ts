/** Reports the progress of long work, so that it is not taken for a hang. */
import type { Log } from "./source.ts";

/** Logs the start of `work`, a line every ten seconds, and its end. */
export async function withProgress<T>(log: Log, task: string, work: () => Promise<T>): Promise<T> {
  const start = Date.now();
  const seconds = () => Math.round((Date.now() - start) / 1000);
  log(`${task} ...`);
  const timer = setInterval(() => log(`${task}: ${seconds()} s so far`), 10_000);
  try {
    const result = await work();
    log(`${task}: done in ${seconds()} s`);
    return result;
  } finally {
    clearInterval(timer);
  }
}

/** The last lines of a log or of a command's output, which contain the cause. */
export function tail(text: string, lines = 20): string {
  return text.trimEnd().split("\n").slice(-lines).join("\n");
}

/** An error's message with its causes: the message of fetch is only "fetch failed". */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${messageOf(error.cause)}`;
}
