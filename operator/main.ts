import { correctGlobalProxies, ProxyError } from "./aws/proxy.ts";
import { runCommand } from "./cli/command.ts";
import { ConfigError, helpText, parseConfig, type Config } from "./cli/config.ts";
import { runExplain } from "./explain/command.ts";
import { runExport } from "./export/command.ts";
import { loadKubeConfig } from "./kube/kubeconfig.ts";
import { runManager } from "./manager.ts";
import { createLogger } from "./observability/logging.ts";

/** Set by the build. */
declare const __VERSION__: string;
const version = typeof __VERSION__ === "undefined" ? "dev" : __VERSION__;

/** Exits if the user must correct a flag or a variable. */
function orExit<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof ProxyError)) throw error;
    console.error(`s3-operator: ${error.message}`);
    process.exit(2);
  }
}

const COMMANDS = new Map([
  ["export", runExport],
  ["explain", runExplain],
]);

orExit(() => correctGlobalProxies(process.env));
const [name = "", ...argv] = process.argv.slice(2);
const command = COMMANDS.get(name);
if (command !== undefined) await runCommand(command, argv, version);

const config: Config = orExit(() => parseConfig(process.argv.slice(2), process.env));
if (config.action === "help") {
  console.log(helpText());
  process.exit(0);
}
if (config.action === "version") {
  console.log(version);
  process.exit(0);
}

/** Time after --shutdown-timeout to abandon reconciles and to release the lease. */
const EXIT_GRACE_MS = 20_000;

const log = createLogger(config.logLevel);
const shutdown = new AbortController();
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => {
    log.info({ signal }, "Shutting down");
    shutdown.abort();
    const giveUp = () => {
      log.fatal("Shutdown took too long");
      process.exit(1);
    };
    setTimeout(giveUp, config.shutdownTimeoutMs + EXIT_GRACE_MS).unref();
  });
}
// A bug. Exit, so that Kubernetes restarts the process in a known state.
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
