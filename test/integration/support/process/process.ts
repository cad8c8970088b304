import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { stripVTControlCharacters } from "node:util";

/** A Node program under test, or on show. Disposing kills it. */
export interface NodeProcess extends AsyncDisposable {
  child: ChildProcess;
  /** All that it has printed, on both streams. */
  output(): string;
  /** The JSON lines among that, oldest first. */
  log(): LogLine[];
  exited: Promise<Exit>;
  /** SIGKILL: no chance to put anything in order. */
  kill(): Promise<void>;
}

/** As operator/observability/logging.ts writes them, with whatever each entry adds. */
export interface LogLine extends Record<string, unknown> {
  ts: string;
  level: string;
  msg: string;
}

/** Exactly one of the two is not null. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface ProcessOptions {
  /** The whole of it, but for PATH. */
  environment?: Record<string, string>;
  /** Default: this process' own. */
  cwd?: string;
}

export function startNode(
  script: string,
  args: readonly string[],
  { environment = {}, cwd = process.cwd() }: ProcessOptions = {},
): NodeProcess {
  const env = { PATH: process.env["PATH"], ...environment };
  const child = spawn(process.execPath, [script, ...args], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
    });
  }
  // "close" comes when all output has been read, too.
  const exited = once(child, "close").then(([code, signal]: unknown[]) => ({ code, signal }) as Exit);
  const kill = async () => {
    child.kill("SIGKILL");
    await exited;
  };
  const log = () => stripVTControlCharacters(output).split("\n").flatMap(parseLine);
  return { child, output: () => output, log, exited, kill, [Symbol.asyncDispose]: kill };
}

/** None where a line is not JSON, or not yet whole. */
function parseLine(line: string): LogLine[] {
  if (!line.startsWith("{")) return [];
  try {
    return [JSON.parse(line) as LogLine];
  } catch {
    return [];
  }
}
