/**
 * `make e2e`: builds the image, creates a cluster with kind, installs the chart, and runs the quick start against the
 * AWS simulator in the cluster. Needs a container engine, kind, kubectl and Helm, and names the missing ones. Exits 0
 * only if every step was verified.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand } from "../controlplane/command.ts";
import { messageOf, tail, withProgress } from "../controlplane/progress.ts";

const CLUSTER = "s3-operator-e2e";
const IMAGES = ["s3-operator:e2e", "s3-operator-simulator:e2e"];
const BUCKET = "s3bucket/documents";

const log = (line: string) => process.stdout.write(`${line}\n`);

/** The requirements, each with a command that checks it. */
const NEEDED: [string, string[]][] = [
  ["a container engine that runs (docker)", ["docker", "info"]],
  ["kind", ["kind", "version"]],
  ["kubectl", ["kubectl", "version", "--client"]],
  ["helm", ["helm", "version"]],
];

async function missing(): Promise<string[]> {
  const lacking: string[] = [];
  for (const [title, [command = "", ...args]] of NEEDED) {
    const works = await runCommand(command, args).then(
      ({ code }) => code === 0,
      () => false,
    );
    if (!works) lacking.push(title);
  }
  return lacking;
}

async function endToEnd(kubeconfig: string): Promise<void> {
  const environment = { ...process.env, KUBECONFIG: kubeconfig };
  /** Runs a command that must succeed; returns its stdout. */
  const run = async (command: string, ...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await runCommand(command, args, { environment });
    if (code !== 0) throw new Error(`${command} ${args.join(" ")}:\n${tail(stdout + stderr, 40)}`);
    return stdout.trim();
  };
  const step = (title: string, work: () => Promise<unknown>) => withProgress(log, title, work);

  await step("Building the image", () => run("docker", "build", "--tag", "s3-operator:e2e", "."));
  await step("Building the simulator's image", async () => {
    const bundle = ["test/e2e/simulator.ts", "--file", "dist/simulator.mjs", "--platform", "node"];
    await run(process.execPath, "node_modules/rolldown/bin/cli.mjs", ...bundle);
    await run(
      "docker",
      "build",
      "--tag",
      "s3-operator-simulator:e2e",
      "--file",
      "test/e2e/simulator.Dockerfile",
      "dist",
    );
  });
  try {
    const config = ["--config", "test/e2e/kind.yaml", "--wait", "180s"];
    await step("Creating a cluster", () => run("kind", "create", "cluster", "--name", CLUSTER, ...config));
    await step("Loading the images", () => run("kind", "load", "docker-image", ...IMAGES, "--name", CLUSTER));
    await step("Starting the simulator", async () => {
      await run("kubectl", "apply", "-f", "test/e2e/simulator.yaml");
      await run("kubectl", "rollout", "status", "deployment/simulator", "--namespace=aws", "--timeout=120s");
    });
    const release = ["s3-operator", "charts/s3-operator", "--namespace=s3-operator", "--create-namespace"];
    const wait = ["--values", "test/e2e/values.yaml", "--wait", "--timeout=180s"];
    await step("Installing the chart", () => run("helm", "install", ...release, ...wait));
    await step("Waiting for the account", () => run("kubectl", "wait", "awsaccount/default", "--for=condition=Ready"));
    await step("Creating the quick start's bucket", async () => {
      await run("kubectl", "apply", "-f", "examples/quickstart/bucket.yaml");
      await run("kubectl", "wait", BUCKET, "--for=condition=Ready", "--timeout=60s");
      log(await run("kubectl", "get", "s3buckets", "-o", "wide"));
    });
    await step("Deleting the bucket", () => run("kubectl", "delete", BUCKET, "--timeout=60s"));
    await step("Uninstalling the chart", async () => {
      await run("helm", "uninstall", "s3-operator", "--namespace=s3-operator", "--wait");
      await run("kubectl", "get", "crd/s3buckets.s3-operator.io");
    });
  } finally {
    await run("kind", "delete", "cluster", "--name", CLUSTER);
  }
}

const lacking = await missing();
if (lacking.length > 0) {
  log(`Nothing was tested. Missing on this machine: ${lacking.join("; ")}.`);
  log("`make test` tests the image's content and the chart without a container engine.");
  process.exitCode = 2;
} else {
  const folder = await mkdtemp(join(tmpdir(), "s3-operator-e2e-"));
  try {
    await endToEnd(join(folder, "kubeconfig"));
    log("Passed: every step was verified.");
  } catch (error) {
    log(messageOf(error));
    process.exitCode = 1;
  } finally {
    await rm(folder, { recursive: true });
  }
}
