/** Starts etcd and kube-apiserver, and waits until they answer. */
import { randomUUID } from "node:crypto";
import { cp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Binaries } from "./binaries.ts";
import { apiServerArguments, auditPolicy, etcdArguments, filesIn } from "./processes.ts";
import { answersOk, authorityIn, freePort, waitUntil } from "./readiness.ts";
import type { Supervisor } from "./supervisor.ts";

export interface ApiServer {
  server: string;
  certificateAuthority: string;
  /** Kills the process and starts it again with the same port and certificate. Resolves when it is ready. */
  restart: () => Promise<void>;
  /**
   * Copies etcd's data. Resolves with a function that restores the copy with both processes stopped, as an
   * administrator restores a backup.
   */
  backUp: () => Promise<() => Promise<void>>;
}

/** `extra`: more arguments of kube-apiserver. */
export async function startApiServer(
  supervisor: Supervisor,
  binaries: Binaries,
  token: string,
  extra: readonly string[],
): Promise<ApiServer> {
  const { directory } = supervisor;
  await writeFile(filesIn(directory).auditPolicy, JSON.stringify(auditPolicy));
  const startEtcd = () => supervisor.start({ name: "etcd", command: binaries.etcd, args: etcdArguments(directory) });
  await startEtcd();
  const data = filesIn(directory).etcd;

  async function startOn(port: number): Promise<ApiServer> {
    const server = `https://127.0.0.1:${port}`;
    const args = apiServerArguments(directory, port, extra);
    await supervisor.start({ name: "kube-apiserver", command: binaries.kubeApiserver, args });
    let certificateAuthority = "";
    const ready = async () => {
      certificateAuthority = await authorityIn(filesIn(directory).servingCertificate);
      return certificateAuthority !== "" && answersOk(`${server}/readyz`, token, certificateAuthority);
    };
    const failure = async () => (await supervisor.endOf("etcd")) ?? supervisor.endOf("kube-apiserver");
    await waitUntil("kube-apiserver", ready, failure);
    const restart = async () => void (await startOn(port));
    return { server, certificateAuthority, restart, backUp: () => backUp(restart) };
  }

  async function backUp(restart: () => Promise<void>): Promise<() => Promise<void>> {
    const copy = join(directory, `etcd-${randomUUID()}`);
    supervisor.signal("etcd", "SIGSTOP");
    await cp(data, copy, { recursive: true });
    supervisor.signal("etcd", "SIGCONT");
    return async () => {
      for (const name of ["kube-apiserver", "etcd"]) {
        supervisor.signal(name, "SIGKILL");
        await waitUntil(`the end of ${name}`, async () => (await supervisor.endOf(name)) !== undefined, noFailure);
      }
      await rm(data, { recursive: true });
      await cp(copy, data, { recursive: true });
      await startEtcd();
      await restart();
    };
  }

  return onFreePort(startOn);
}

const noFailure = () => Promise.resolve(undefined);

/** Another process may take a port between its choice and its use. */
export async function onFreePort<T>(start: (port: number) => Promise<T>, attempts = 5): Promise<T> {
  try {
    return await start(await freePort());
  } catch (error) {
    if (attempts > 1 && String(error).includes("address already in use")) return onFreePort(start, attempts - 1);
    throw error;
  }
}
