import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { Credentials, Simulator } from "../aws/index.ts";

export interface MeasuredOperator {
  residentMiB(): number;
  /** User and system time since the start. */
  cpuSeconds(): number;
  stop(): Promise<void>;
}

export interface OperatorOptions {
  kubeconfigPath: string;
  simulator: Simulator;
  credentials: Credentials;
  flags: string[];
}

/** Runs the bundle as a process, measured through /proc (Linux). */
export async function measureOperator(options: OperatorOptions): Promise<MeasuredOperator> {
  const { kubeconfigPath, simulator, credentials, flags } = options;
  const own = [
    `--kubeconfig=${kubeconfigPath}`,
    "--leader-elect=false",
    "--s3-force-path-style=true",
    "--log-level=error",
  ];
  const child: ChildProcess = spawn(process.execPath, ["dist/operator.mjs", ...own, ...flags], {
    env: {
      PATH: process.env["PATH"],
      AWS_ENDPOINT_URL: simulator.url,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_REGION: "eu-central-1",
    },
    stdio: ["ignore", "inherit", "inherit"],
  });
  await once(child, "spawn");
  const exited = once(child, "exit");
  return {
    residentMiB: () =>
      Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1]) / 1024),
    cpuSeconds: () => {
      const fields = readFileSync(`/proc/${child.pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
      return (Number(fields[11]) + Number(fields[12])) / 100;
    },
    stop: async () => {
      child.kill("SIGTERM");
      await exited;
    },
  };
}
