/** Flux as processes: https://fluxcd.io/flux/components/ */
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, waitUntil } from "../../controlplane/readiness.ts";
import { startSupervisor, type Supervisor } from "../../controlplane/supervisor.ts";
import { findForeignCrds } from "../../tools/crds.ts";
import { findTool } from "../../tools/index.ts";
import type { Platform } from "../platform.ts";

export const FLUX_CONTROLLERS = ["source-controller", "kustomize-controller", "helm-controller"] as const;

/** The namespace that the controllers take for their own. */
const RUNTIME_NAMESPACE = "flux-system";

/** Starts the controllers with the permissions of an administrator, as Flux's own installation does. */
export async function startControllers(platform: Platform): Promise<AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const supervisor = stack.adopt(await startSupervisor(tmpdir()), ({ stop }) => stop());
  await platform.kubectl(["create", "namespace", RUNTIME_NAMESPACE]);
  for (const name of FLUX_CONTROLLERS)
    await platform.kubectl(["apply", "--server-side", "-f", await findForeignCrds(name)]);
  await platform.kubectl(["wait", "--for=condition=Established", "crd", "--all", "--timeout=60s"]);
  const artifacts = `127.0.0.1:${await freePort()}`;
  const storage = join(supervisor.directory, "artifacts");
  await mkdir(storage);
  const more = {
    "source-controller": [
      `--storage-path=${storage}`,
      `--storage-addr=${artifacts}`,
      `--storage-adv-addr=${artifacts}`,
    ],
    // A dependency is looked at again after this time.
    "kustomize-controller": ["--requeue-dependency=1s"],
    "helm-controller": ["--requeue-dependency=1s"],
  };
  for (const name of FLUX_CONTROLLERS) await start(supervisor, name, platform.controlPlane.kubeconfigPath, more[name]);
  const end = stack.move();
  return { [Symbol.asyncDispose]: () => end.disposeAsync() };
}

/** Resolves when the controller is ready. Its log is in the supervisor's folder. */
async function start(
  supervisor: Supervisor,
  name: (typeof FLUX_CONTROLLERS)[number],
  kubeconfigPath: string,
  more: readonly string[],
): Promise<void> {
  const health = `127.0.0.1:${await freePort()}`;
  const temporary = join(supervisor.directory, name);
  await mkdir(temporary);
  await supervisor.start({
    name,
    command: await findTool(name),
    args: [`--health-addr=${health}`, "--metrics-addr=0", "--interval-jitter-percentage=0", ...more],
    environment: { KUBECONFIG: kubeconfigPath, RUNTIME_NAMESPACE, HOME: temporary, TMPDIR: temporary },
  });
  const isReady = () =>
    fetch(`http://${health}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  await waitUntil(name, isReady, () => supervisor.endOf(name));
}
