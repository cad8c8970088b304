import { KubeConfig } from "@kubernetes/client-node";
import { pino } from "pino";
import { parseConfig, type Config } from "../../../../operator/cli/config.ts";
import { runManager } from "../../../../operator/manager.ts";
import type { AnyWorld } from "../world/world.ts";
import { startNode, type NodeProcess } from "./process.ts";

/** A running operator of one world. Disposing drains it. */
export interface Operator extends AsyncDisposable {
  stop(): Promise<void>;
}

/** The variables that the AWS SDK reads: the address of AWS, and the account's own credentials. */
export function awsEnvironment({ aws: { url, credentials } }: AnyWorld): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_REGION: "eu-central-1",
    AWS_CA_BUNDLE: "",
    AWS_EC2_METADATA_DISABLED: "true",
  };
}

function flags(world: AnyWorld): string[] {
  return [
    `--kubeconfig=${world.kubeconfigPath}`,
    `--watch-namespaces=${world.name}`,
    `--watch-selector=${world.selector}`,
    "--cluster-name=test",
    "--leader-elect=false",
    "--health-address=0",
    "--metrics-address=0",
    "--s3-force-path-style=true",
  ];
}

/** Runs in this process: starts fast, and counts for coverage. One world at a time: the SDK reads the environment. */
export function startOperator(world: AnyWorld, overrides: Partial<Config> = {}): Operator {
  Object.assign(process.env, awsEnvironment(world));
  const config = { ...parseConfig(flags(world), {}), ...overrides };
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromFile(world.kubeconfigPath);
  const abort = new AbortController();
  const log = pino({ level: process.env["TEST_LOG"] ?? "silent", serializers: { error: pino.stdSerializers.err } });
  const running = runManager({ config, kubeConfig, log, version: "test" }, abort.signal);
  const stop = async () => {
    abort.abort();
    await running;
  };
  return { stop, [Symbol.asyncDispose]: stop };
}

/**
 * Runs as a process, which can be killed. `more` comes after the usual flags and overrides them, as do the variables in
 * `environment`.
 */
export function spawnOperator(
  world: AnyWorld,
  bundle: string,
  more: readonly string[] = [],
  environment: Record<string, string> = {},
): NodeProcess {
  const variables = { ...awsEnvironment(world), ...environment };
  return startNode(bundle, [...flags(world), ...more], { environment: variables });
}
