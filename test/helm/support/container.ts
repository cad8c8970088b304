import { writeFile } from "node:fs/promises";
import { dump, load } from "js-yaml";
import { freePort } from "../../controlplane/readiness.ts";
import { startNode, type NodeProcess } from "../../integration/support/process/process.ts";
import type { Container } from "./workload.ts";

/** Runs a container's program as a process of this machine, with its arguments and environment. */
export interface RunningContainer {
  process: NodeProcess;
  /** Whether its readiness probe succeeds now. */
  isReady(): Promise<boolean>;
}

/**
 * Does what a kubelet does, except for the image (`bundle` stands in for it), the mounted token (`kubeconfigPath`), and
 * addresses of this machine.
 */
export async function startContainer(
  { args, env = [] }: Container,
  { bundle, kubeconfigPath }: { bundle: string; kubeconfigPath: string },
): Promise<RunningContainer> {
  const address = `127.0.0.1:${await freePort()}`;
  const local = [`--kubeconfig=${kubeconfigPath}`, `--health-address=${address}`, "--metrics-address=0"];
  const environment = Object.fromEntries(env.map(({ name, value = "" }) => [name, value]));
  const process = startNode(bundle, [...args, ...local], { environment });
  const isReady = async () => {
    if (process.child.exitCode !== null) return false;
    return fetch(`http://${address}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  };
  return { process, isReady };
}

interface Kubeconfig {
  users: { user: object }[];
}

/** Writes a copy of a kubeconfig with this token to `path`. */
export async function writeTokenKubeconfig(kubeconfig: string, token: string, path: string): Promise<void> {
  const config = load(kubeconfig) as Kubeconfig;
  const users = config.users.map((entry) => ({ ...entry, user: { token } }));
  await writeFile(path, dump({ ...config, users }), { mode: 0o600 });
}
