import { KubeConfig } from "@kubernetes/client-node";
import { type Config, ConfigError, helpText, parseConfig } from "./config.ts";
import { runExport } from "./export/command.ts";
import { runManager } from "./manager.ts";
import { createLogger } from "./observability/logging.ts";

/** Set by the build. */
declare const __VERSION__: string;
const version = typeof __VERSION__ === "undefined" ? "dev" : __VERSION__;

function readConfig(): Config {
  try {
    return parseConfig(process.argv.slice(2), process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(`s3-operator: ${error.message}`);
    process.exit(2);
  }
}

/** @throws Error that names the file and never repeats what is in it, which can be a secret. */
function loadKubeConfig(file: string | undefined): KubeConfig {
  const kubeConfig = new KubeConfig();
  const problem = problemOf(() => (file === undefined ? kubeConfig.loadFromDefault() : kubeConfig.loadFromFile(file)));
  if (problem !== undefined) {
    throw new Error(`--kubeconfig ${file ?? process.env["KUBECONFIG"] ?? "~/.kube/config"}: ${problem}`);
  }
  // What client-node assumes when it finds nothing at all.
  if (kubeConfig.getCurrentCluster()?.server === "http://localhost:8080") {
    throw new Error("--kubeconfig is not given, KUBECONFIG and ~/.kube/config are absent, and this is not a pod");
  }
  return kubeConfig;
}

function problemOf(load: () => void): string | undefined {
  try {
    load();
    return undefined;
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : "not a kubeconfig";
  }
}

/** Ends the process, when all is printed: a pipe may take its time. */
async function exportBucket(argv: readonly string[]): Promise<never> {
  const { exitCode, stdout, stderr } = await runExport(argv, process.env, version);
  for (const [stream, text] of [
    [process.stderr, stderr],
    [process.stdout, stdout],
  ] as const) {
    await new Promise((resolve) => stream.write(text, resolve));
  }
  process.exit(exitCode);
}

const [command, ...argv] = process.argv.slice(2);
if (command === "export") await exportBucket(argv);

const config = readConfig();
if (config.action === "help") {
  console.log(helpText());
  process.exit(0);
}
if (config.action === "version") {
  console.log(version);
  process.exit(0);
}

const log = createLogger(config.logLevel);
const shutdown = new AbortController();
for (const name of ["SIGTERM", "SIGINT"] as const) {
  process.once(name, () => {
    log.info({ signal: name }, "Shutting down");
    shutdown.abort();
  });
}
// Nothing may reject unheard; if something does all the same, Kubernetes starts us again in a known state.
process.on("unhandledRejection", (error) => {
  log.fatal({ error }, "Unhandled rejection");
  process.exit(1);
});

try {
  log.info({ version, node: process.versions.node }, "Starting");
  const end = await runManager(
    { config, kubeConfig: loadKubeConfig(config.kubeconfig), log, version },
    shutdown.signal,
  );
  log.info({ end }, "Stopped");
  process.exit(end === "lost" ? 1 : 0);
} catch (error) {
  log.fatal({ error }, "Could not run");
  process.exit(1);
}
