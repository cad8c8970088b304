/**
 * The program that owns a control plane's processes and folder. Its parent talks to it over the IPC channel of
 * child_process.fork. When the channel closes, because the parent has ended or was killed, it ends all processes and
 * removes the folder.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";

/**
 * From the parent: start this process, in place of one with the same name. Its output goes to `<name>.log` in the
 * folder.
 */
export interface StartRequest {
  name: string;
  command: string;
  args: readonly string[];
  /** Variables beside PATH. */
  environment?: Readonly<Record<string, string>>;
}

/** To the parent. */
export type SupervisorReport =
  | { type: "ready" }
  | { type: "started"; name: string; pid: number }
  /** `how`, for humans: an exit code, a signal, or why the process could not be started. */
  | { type: "ended"; name: string; how: string };

const directory = process.argv[2] ?? "";
const children = new Map<string, ChildProcess>();
let shuttingDown = false;

// The parent may have ended before this program was loaded. From here on, no "disconnect" is missed.
if (!process.connected) process.exit();
mkdirSync(directory, { mode: 0o700 });
process.once("disconnect", () => void shutDown());
process.once("uncaughtException", () => void shutDown());
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.once(signal, () => void shutDown());
process.on("message", (request) => void start(request as StartRequest));
report({ type: "ready" });

async function start({ name, command, args, environment }: StartRequest): Promise<void> {
  await replace(name);
  if (shuttingDown) return;
  const log = openSync(join(directory, `${name}.log`), "a", 0o600);
  const env = { PATH: process.env.PATH, ...environment };
  const child = spawn(command, args, { cwd: directory, stdio: ["ignore", log, log], env });
  closeSync(log);
  children.set(name, child);
  child.once("error", (error) => ended(name, child, error.message));
  child.once("exit", (code, signal) => ended(name, child, signal ?? `exit code ${code}`));
  if (child.pid !== undefined) report({ type: "started", name, pid: child.pid });
}

/** Ends the process with this name, without a report. */
async function replace(name: string): Promise<void> {
  const child = children.get(name);
  if (child === undefined) return;
  children.delete(name);
  await kill(child);
}

function ended(name: string, child: ChildProcess, how: string): void {
  if (children.get(name) !== child) return;
  children.delete(name);
  report({ type: "ended", name, how });
}

async function kill(child: ChildProcess): Promise<void> {
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}

async function shutDown(): Promise<void> {
  if (shuttingDown) return;
  shuttingDown = true;
  await Promise.all([...children.values()].map(kill));
  await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  process.exit();
}

function report(message: SupervisorReport): void {
  if (process.connected) process.send?.(message);
}
