/** Starts the parts of the demo on this machine: Kubernetes, a simulated AWS, and the operator. */

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { S3Client } from "@aws-sdk/client-s3";
import { startSimulator, type Account, type Credentials, type Simulator } from "../aws/index.ts";
import { installCrds } from "../controlplane/crds.ts";
import { startControlPlane, type ControlPlane } from "../controlplane/index.ts";
import { tail } from "../controlplane/progress.ts";
import { freePort } from "../controlplane/readiness.ts";
import { eventually } from "../integration/support/expect/wait.ts";
import type { Screen } from "./screen.ts";

/** The account of examples/quickstart/account.yaml. */
const ACCOUNT_ID = "111122223333";
const REGION = "eu-central-1";
/** How often the operator compares with AWS: in the demo, the shortest interval that it accepts. */
export const POLL_SECONDS = 10;

const BUNDLE = join("dist", "operator.mjs");
const OPERATOR_LOG = join(".demo", "operator.log");
const STOP_MS = 10_000;

export interface Environment {
  controlPlane: ControlPlane;
  simulator: Simulator;
  account: Account;
  /** Credentials of a user who works at AWS directly. */
  credentials: Credentials;
  /** The SDK client of that user. */
  person: S3Client;
  operator: Operator;
}

export interface Operator {
  /** Where the operator serves /healthz, /readyz and /metrics. */
  url: string;
  logFile: string;
  stop(): Promise<void>;
}

/** Starts the parts one after another. Pushes the stop of each on `undo`, to be called from the last to the first. */
export async function startEnvironment(screen: Screen, undo: (() => Promise<void>)[]): Promise<Environment> {
  const controlPlane = await screen.during("Kubernetes: etcd, kube-apiserver, kube-controller-manager", () =>
    startControlPlane({ log: (line) => screen.note(line) }),
  );
  undo.push(() => controlPlane.stop());
  await screen.during("the operator's custom resources", () => installCrds(controlPlane));
  screen.passed(`Kubernetes runs, a real control plane: ${controlPlane.server}`);

  const simulator = await startSimulator();
  undo.push(() => simulator.stop());
  const account = simulator.account(ACCOUNT_ID);
  const { credentials } = account.addUser("alex");
  const person = new S3Client({ endpoint: simulator.url, region: REGION, credentials, forcePathStyle: true });
  undo.push(async () => person.destroy());
  screen.passed(`AWS, simulated: ${simulator.url}`);

  const operator = await screen.during("the operator", () => startOperator(controlPlane, simulator, account));
  undo.push(() => operator.stop());
  screen.passed(`The operator (${BUNDLE}) runs; log: ${operator.logFile}`);
  return { controlPlane, simulator, account, credentials, person, operator };
}

async function startOperator(controlPlane: ControlPlane, simulator: Simulator, account: Account): Promise<Operator> {
  mkdirSync(".demo", { recursive: true });
  const log = openSync(OPERATOR_LOG, "w");
  const address = `127.0.0.1:${await freePort()}`;
  const args = [
    `--kubeconfig=${controlPlane.kubeconfigPath}`,
    `--poll-interval=${POLL_SECONDS}s`,
    `--health-address=${address}`,
    `--metrics-address=${address}`,
    "--s3-force-path-style",
  ];
  const env = { PATH: process.env["PATH"], ...awsVariables(simulator, account.credentials) };
  const child = spawn(process.execPath, [BUNDLE, ...args], { env, stdio: ["ignore", log, log] });
  closeSync(log);
  const url = `http://${address}`;
  await eventually(
    async () => {
      if (child.exitCode !== null) return true;
      return (await fetch(`${url}/readyz`)).ok;
    },
    (over) => over,
    () => tail(readFileSync(OPERATOR_LOG, "utf8")),
  );
  if (child.exitCode !== null) throw new Error(`The operator ended:\n${tail(readFileSync(OPERATOR_LOG, "utf8"))}`);
  return { url, logFile: OPERATOR_LOG, stop: () => stop(child) };
}

/** The variables that every AWS SDK and the AWS CLI read. */
export function awsVariables({ url }: Simulator, credentials: Credentials): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: REGION,
    // Version 1 of the AWS CLI reads only this: https://docs.aws.amazon.com/cli/v1/userguide/cli-configure-envvars.html
    AWS_DEFAULT_REGION: REGION,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: "true",
    // When it is set, the SDK insists on TLS options, and the simulator speaks plain HTTP.
    AWS_CA_BUNDLE: "",
  };
}

/** Stops a process as Kubernetes does: SIGTERM, then SIGKILL if it does not end. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const patience = new AbortController();
  await Promise.race([ended, sleep(STOP_MS, undefined, { signal: patience.signal })]);
  patience.abort();
  child.kill("SIGKILL");
  await ended;
}
