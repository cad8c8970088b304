import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { stripVTControlCharacters } from "node:util";

/** A Node program as a process. Disposing kills it. */
export interface NodeProcess extends AsyncDisposable {
  child: ChildProcess;
  /** The whole output, of both streams. */
  output(): string;
  /** The JSON lines of the output, oldest first. */
  log(): LogLine[];
  exited: Promise<Exit>;
  /** Sends SIGKILL, without time to clean up. */
  kill(): Promise<void>;
}

/** A line as operator/observability/logging.ts writes it, with the fields of each entry. */
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
  /** The whole environment, except for PATH. */
  environment?: Record<string, string>;
  /** Default: the folder of this process. */
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
  // "close" comes after all output was read.
  const exited = once(child, "close").then(([code, signal]: unknown[]) => ({ code, signal }) as Exit);
  const kill = async () => {
    child.kill("SIGKILL");
    await exited;
  };
  const log = () => stripVTControlCharacters(output).split("\n").flatMap(parseLine);
  return { child, output: () => output, log, exited, kill, [Symbol.asyncDispose]: kill };
}

/** Skips a line that is not JSON, or incomplete. */
function parseLine(line: string): LogLine[] {
  if (!line.startsWith("{")) return [];
  try {
    return [JSON.parse(line) as LogLine];
  } catch {
    return [];
  }
}
