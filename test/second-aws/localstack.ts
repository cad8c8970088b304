/** One LocalStack process (https://docs.localstack.cloud/), without Docker, an account or downloads at run time. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { tail } from "../controlplane/progress.ts";
import { freePort } from "../controlplane/readiness.ts";
import { findPythonPrograms } from "../on-demand/python.ts";

export interface LocalStack {
  /** Endpoint of every service: http://127.0.0.1:port. */
  url: string;
  version: string;
  /** Ends the process, and deletes its state. */
  stop(): Promise<void>;
}

const START_MS = 120_000;

/** https://docs.localstack.cloud/aws/capabilities/config/configuration/ */
function variables(home: string, port: number): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "",
    // All that it writes is below one folder: caches, state, temporary files.
    HOME: home,
    TMPDIR: home,
    GATEWAY_LISTEN: `127.0.0.1:${port}`,
    GATEWAY_SERVER: "hypercorn",
    DISABLE_EVENTS: "1",
    // Loaded at the start, so that no test waits for it.
    EAGER_SERVICE_LOADING: "1",
    SERVICES: "s3,s3control,iam,sts,kms,sqs,sns",
    SKIP_SSL_CERT_DOWNLOAD: "1",
    DNS_ADDRESS: "0",
    LS_LOG: "warning",
  };
}

/** Its programs. It needs the type parameters and the `uuid5` of bytes of Python 3.12. */
function findLocalStack(): Promise<string> {
  return findPythonPrograms("second-aws", process.env, 12);
}

/** Throws an error with its output when it does not start. */
export async function startLocalStack(): Promise<LocalStack> {
  const python = join(await findLocalStack(), "python");
  const [home, port] = [await mkdtemp(join(tmpdir(), "localstack-")), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(python, ["-m", "localstack.runtime.main"], {
    cwd: home,
    env: variables(home, port),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      output = tail(output + chunk);
    });
  }
  const exited = once(child, "close");
  const stop = async () => {
    child.kill("SIGKILL");
    await exited;
    await rm(home, { recursive: true, force: true });
  };
  try {
    const version = await Promise.race([
      versionOf(url),
      exited.then(() => {
        throw new Error("It ended.");
      }),
    ]);
    return { url, version, stop };
  } catch (error) {
    await stop();
    throw new Error(`LocalStack does not start:\n${output}`, { cause: error });
  }
}

/** Resolves when it serves. https://docs.localstack.cloud/aws/capabilities/networking/internal-endpoints/ */
async function versionOf(url: string): Promise<string> {
  const end = Date.now() + START_MS;
  for (;;) {
    try {
      const answer = await fetch(`${url}/_localstack/health`, { signal: AbortSignal.timeout(5_000) });
      return ((await answer.json()) as { version: string }).version;
    } catch (error) {
      if (Date.now() > end) throw error;
      await sleep(200);
    }
  }
}
