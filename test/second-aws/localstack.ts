/** One LocalStack process (https://docs.localstack.cloud/), without Docker, an account or downloads at run time. */
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, waitUntil } from "../controlplane/readiness.ts";
import { startSupervisor } from "../controlplane/supervisor.ts";
import { findPythonPrograms } from "../on-demand/python.ts";

export interface LocalStack {
  /** Endpoint of every service: http://127.0.0.1:port. */
  url: string;
  version: string;
  /** Ends the process, and deletes its state. */
  stop(): Promise<void>;
}

/** https://docs.localstack.cloud/aws/capabilities/config/configuration/ */
function variables(home: string, port: number): Record<string, string> {
  return {
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
  const command = join(await findLocalStack(), "python");
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const supervisor = await startSupervisor(tmpdir());
  const stop = () => supervisor.stop();
  try {
    const home = join(supervisor.directory, "home");
    await mkdir(home);
    const args = ["-m", "localstack.runtime.main"];
    await supervisor.start({ name: "localstack", command, args, environment: variables(home, port) });
    let version: string | undefined;
    const serves = async () => {
      version = await versionOf(url).catch(() => undefined);
      return version !== undefined;
    };
    await waitUntil("LocalStack", serves, () => supervisor.endOf("localstack"));
    return { url, version: version ?? "", stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Rejects until it serves. https://docs.localstack.cloud/aws/capabilities/networking/internal-endpoints/ */
async function versionOf(url: string): Promise<string> {
  const answer = await fetch(`${url}/_localstack/health`, { signal: AbortSignal.timeout(5_000) });
  return ((await answer.json()) as { version: string }).version;
}
