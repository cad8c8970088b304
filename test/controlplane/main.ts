/** `main.ts install` installs the binaries; `main.ts run` runs a control plane until Ctrl-C. */
import { findBinaries } from "./binaries.ts";
import { startControlPlane } from "./index.ts";
import { messageOf } from "./progress.ts";

const log = (line: string) => process.stderr.write(`${line}\n`);

async function install(): Promise<void> {
  for (const [name, path] of Object.entries(await findBinaries({ log }))) process.stdout.write(`${name}: ${path}\n`);
}

async function run(): Promise<void> {
  const stopped = Promise.withResolvers<void>();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stopped.resolve());
  const controlPlane = await startControlPlane({ log });
  process.stdout.write(`export KUBECONFIG=${controlPlane.kubeconfigPath}\n`);
  log(`Kubernetes runs at ${controlPlane.server} until Ctrl-C`);
  const keepAlive = setInterval(() => undefined, 60_000);
  await stopped.promise;
  clearInterval(keepAlive);
  await controlPlane.stop();
}

const command = new Map([
  ["install", install],
  ["run", run],
]).get(process.argv[2] ?? "");
if (command === undefined) {
  log("Usage: node test/controlplane/main.ts install|run");
  process.exitCode = 2;
} else {
  await command().catch((error: unknown) => {
    log(messageOf(error));
    process.exitCode = 1;
  });
}
