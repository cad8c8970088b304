import { pino, type Logger } from "pino";

export interface TestLog {
  log: Logger;
  /** All log lines, parsed. */
  lines: Record<string, unknown>[];
}

export function createTestLog(): TestLog {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>);
  return { log: pino({ level: "debug" }, { write }), lines };
}
