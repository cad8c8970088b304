/** The parent's side of supervisor-process.ts. */
import { fork, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { access, constants, mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { tail } from "./progress.ts";
import type { StartRequest, SupervisorReport } from "./supervisor-process.ts";

export interface Supervisor {
  /** Working folder of the processes, with their logs. Private to this user, and removed at the end. */
  directory: string;
  /** Starts a process, in place of one with the same name. Rejects when it cannot be started. */
  start: (request: StartRequest) => Promise<void>;
  /** Throws when there is no such process. */
  signal: (name: string, signal: NodeJS.Signals) => void;
  /** Why a started process has ended, with the end of its log; undefined while it runs. */
  endOf: (name: string) => Promise<string | undefined>;
  /** Calls back for each process that ends by itself. */
  onEnd: (listener: (name: string) => void) => void;
  /** Ends all processes and removes the folder. May be called again. */
  stop: () => Promise<void>;
}

/** `parentDirectory` is created when absent. */
export async function startSupervisor(parentDirectory: string): Promise<Supervisor> {
  await mkdir(parentDirectory, { recursive: true });
  await access(parentDirectory, constants.W_OK);
  const directory = join(parentDirectory, `s3-operator-controlplane-${randomUUID()}`);
  const child = fork(join(import.meta.dirname, "supervisor-process.ts"), [directory], {
    // A process group of its own, so that Ctrl-C reaches only the parent, which then stops everything in order.
    detached: true,
    execArgv: [],
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const pids = new Map<string, number>();
  const ends = new Map<string, string>();
  let onEnd: (name: string) => void = () => undefined;
  child.on("message", (message) => {
    const report = message as SupervisorReport;
    if (report.type === "started") {
      pids.set(report.name, report.pid);
      ends.delete(report.name);
    } else if (report.type === "ended") {
      pids.delete(report.name);
      ends.set(report.name, report.how);
      onEnd(report.name);
    }
  });
  const exited = once(child, "exit").then(([code]) => (code === 0 ? undefined : cleanUp(pids, directory)));
  await reportFrom(child, (report) => report.type === "ready");
  child.unref();

  return {
    directory,
    async start(request) {
      const answer = reportFrom(child, (report) => report.type !== "ready" && report.name === request.name);
      child.send(request);
      const report = await answer;
      if (report.type === "ended") throw new Error(`${request.command}: ${report.how}`);
    },
    signal(name, signal) {
      const pid = pids.get(name);
      if (pid === undefined) throw new Error(`${name} is not running`);
      process.kill(pid, signal);
    },
    async endOf(name) {
      const how =
        ends.get(name) ?? (child.exitCode === null && child.signalCode === null ? undefined : "supervisor gone");
      if (how === undefined) return undefined;
      const log = await readFile(join(directory, `${name}.log`), "utf8").catch(() => "");
      return `${name} ended (${how}):\n${tail(log)}`;
    },
    onEnd(listener) {
      onEnd = listener;
    },
    async stop() {
      child.ref();
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}

/** Cleans up when the supervisor itself was killed. */
async function cleanUp(pids: ReadonlyMap<string, number>, directory: string): Promise<void> {
  for (const pid of pids.values()) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // Already gone, as it should be.
    }
  }
  await rm(directory, { recursive: true, force: true, maxRetries: 5 });
}

/**
 * The next report that matches. Rejects when the supervisor ends before it. The channel keeps this process alive only
 * during the wait, so that a control plane that is never stopped does not.
 */
async function reportFrom(
  child: ChildProcess,
  matches: (report: SupervisorReport) => boolean,
): Promise<SupervisorReport> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: unknown) => {
      const report = message as SupervisorReport;
      if (matches(report)) settle(() => resolve(report));
    };
    const onExit = (code: number | null, signal: NodeJS.Signals | null) =>
      settle(() => reject(new Error(`The supervisor of the control plane ended (${signal ?? `exit code ${code}`})`)));
    const settle = (outcome: () => void) => {
      child.off("message", onMessage).off("exit", onExit);
      child.channel?.unref();
      outcome();
    };
    child.on("message", onMessage).on("exit", onExit);
    child.channel?.ref();
  });
}
