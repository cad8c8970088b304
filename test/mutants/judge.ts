/** Runs tests on mutants in a child process, which is replaced when a mutant makes it hang. */
import { fork, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import type { Killer, Report, Trial } from "./runner.ts";

/** Without a result of a test for this long, a mutant hangs: longer than a test with its hooks may take. */
const HANGS_AFTER_MS: Readonly<Record<string, number>> = { unit: 90_000, integration: 240_000 };

export interface Judge {
  /** What noticed the mutant; undefined when all tests passed. */
  try(trial: Trial): Promise<Killer | undefined>;
  close(): void;
}

/** `project` is one of vitest.config.ts. */
export function createJudge(project: string, hangsAfterMs = HANGS_AFTER_MS[project] ?? 240_000): Judge {
  let child: ChildProcess | undefined;
  let output = "";

  async function start(): Promise<ChildProcess> {
    // A group of its own, so that its processes end with it.
    const started = fork(join(import.meta.dirname, "runner.ts"), [project], { detached: true, stdio: "pipe" });
    output = "";
    for (const stream of [started.stdout, started.stderr]) stream?.on("data", (text) => (output += String(text)));
    await new Promise<void>((resolve, reject) => {
      started.once("message", () => resolve());
      started.once("exit", () => reject(new Error(`The tests could not be started:\n${output}`)));
    });
    return started;
  }

  function kill(): void {
    if (child?.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
    child = undefined;
  }

  return {
    async try(trial) {
      if (trial.tests.length === 0) return undefined;
      child ??= await start();
      const killer = await ended(child, trial, hangsAfterMs).catch((error: Error) => {
        throw new Error(`${error.message}:\n${output}`, { cause: error });
      });
      if (killer === HANG) kill();
      return killer;
    },
    close() {
      child?.disconnect();
    },
  };
}

const HANG: Killer = { by: "the timeout" };

function ended(child: ChildProcess, trial: Trial, hangsAfterMs: number): Promise<Killer | undefined> {
  return new Promise((resolve, reject) => {
    const onHang = () => settle(HANG);
    let timer = setTimeout(onHang, hangsAfterMs);
    const settle = (killer?: Killer) => {
      clearTimeout(timer);
      child.off("message", onReport).off("exit", onExit);
      resolve(killer);
    };
    const onExit = () => reject(new Error("The process that runs the tests ended"));
    const onReport = (report: Report) => {
      if (report.is === "ended") return settle(report.killer);
      clearTimeout(timer);
      timer = setTimeout(onHang, hangsAfterMs);
    };
    child.on("message", onReport).on("exit", onExit);
    child.send(trial);
  });
}
