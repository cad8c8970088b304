import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KubeConfig } from "@kubernetes/client-node";
import { Registry } from "prom-client";
import { systemClock } from "../../../operator/clock.ts";
import { createKubeClient, type KubeClient } from "../../../operator/kube/client.ts";
import { createKubeMetrics } from "../../../operator/kube/metrics.ts";
import { startSimulator, type Account, type Simulator } from "../../aws/index.ts";
import { startControlPlane, type ControlPlane } from "../../controlplane/index.ts";
import { ensureBundle } from "../../integration/support/process/bundle.ts";
import { findForeignCrds } from "../../tools/crds.ts";
import { CHART, createHelm, type Helm, type HelmName } from "./helm.ts";
import { startNode, type Node } from "./node.ts";

/** The operator's namespace. */
export const SYSTEM = "s3-operator-system";
export const ACCOUNT_ID = "111122223333";

/** A cluster with one node, and an AWS simulator with one account. */
export interface BareCluster extends AsyncDisposable {
  controlPlane: ControlPlane;
  kube: KubeClient;
  simulator: Simulator;
  account: Account;
  node: Node;
}

/** With Helm. */
export interface Cluster extends BareCluster {
  /** Runs `helm VERB s3-operator` with the values for the simulator, and waits. */
  release(verb: "install" | "upgrade", ...args: string[]): Promise<string>;
  /** Runs the same with another Helm. */
  releaseBy(helm: Helm, verb: "install" | "upgrade", ...args: string[]): Promise<string>;
  helm: Helm;
}

/** The node runs the Pods of this namespace only. */
export async function createBareCluster(namespace = SYSTEM): Promise<BareCluster> {
  await using stack = new AsyncDisposableStack();
  const controlPlane = await startControlPlane();
  stack.defer(() => controlPlane.stop());
  const simulator = await startSimulator();
  stack.defer(() => simulator.stop());
  const account = simulator.account(ACCOUNT_ID);
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromString(controlPlane.kubeconfig);
  const kube = createKubeClient(kubeConfig, {
    userAgent: "test",
    clock: systemClock,
    metrics: createKubeMetrics(new Registry()),
  });
  stack.defer(() => kube.close());
  // The CRDs of the Prometheus Operator, for a ServiceMonitor and a PrometheusRule.
  const { code, stderr } = await controlPlane.kubectl(["apply", "--server-side", "-f", await findForeignCrds()]);
  if (code !== 0) throw new Error(`The CRDs of other projects were refused: ${stderr}`);
  // Pods must meet the restricted Pod Security Standard:
  // https://kubernetes.io/docs/concepts/security/pod-security-standards/
  await controlPlane.kubectl(["create", "namespace", namespace]);
  await controlPlane.kubectl(["label", "namespace", namespace, "pod-security.kubernetes.io/enforce=restricted"]);
  const node = stack.use(await startNode({ controlPlane, kube, namespace, bundle: await ensureBundle() }));
  const end = stack.move();
  return { controlPlane, kube, simulator, account, node, [Symbol.asyncDispose]: () => end.disposeAsync() };
}

export async function createCluster(helmName: HelmName): Promise<Cluster> {
  await using stack = new AsyncDisposableStack();
  const cluster = stack.use(await createBareCluster());
  const helm = stack.use(await createHelm(helmName, cluster.controlPlane.kubeconfigPath));
  const folder = await mkdtemp(join(tmpdir(), "s3-operator-values-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const values = join(folder, "values.json");
  await writeFile(values, JSON.stringify(valuesFor(cluster.simulator, cluster.account)));
  const releaseBy: Cluster["releaseBy"] = (by, verb, ...args) =>
    by.output(verb, "s3-operator", CHART, `--namespace=${SYSTEM}`, `--values=${values}`, ...WAIT, ...args);
  const end = stack.move();
  return {
    ...cluster,
    helm,
    releaseBy,
    release: (verb, ...args) => releaseBy(helm, verb, ...args),
    [Symbol.asyncDispose]: () => end.disposeAsync(),
  };
}

export const WAIT = ["--wait", "--timeout=60s"];

/** Guardrails, and all fields that a BucketAccess needs. */
const ACCOUNT_SPEC = {
  allowedDeletionPolicies: ["Retain"],
  guardrails: { allowedAccounts: [] },
  iam: { rolePath: "/pods/" },
  naming: { allowedPatterns: ["{namespace}-*"] },
  rateLimit: { requestsPerSecond: 500 },
  tags: { owner: "platform" },
  workloadIdentity: { type: "PodIdentity", clusterName: "main" },
};

/** Values for all options. */
function valuesFor(simulator: Simulator, account: Account): object {
  return {
    account: { id: account.id, region: "eu-central-1", spec: ACCOUNT_SPEC },
    commonLabels: { team: "platform" },
    replicas: 2,
    operator: { s3ForcePathStyle: true, shutdownTimeout: "5s" },
    extraEnv: environmentFor(simulator, account),
    networkPolicy: { enabled: true },
    observability: {
      dashboards: { enabled: true },
      serviceMonitor: { enabled: true },
      prometheusRule: { enabled: true },
    },
    admissionPolicies: {
      secureBaseline: true,
      namespacedBucketNames: true,
      noAdoption: true,
      noDeletionWithContents: true,
    },
    extraObjects: [{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "extra" } }],
  };
}

/** The variables that the operator's AWS SDK reads, as the chart's value extraEnv. */
export function environmentFor({ url }: Simulator, { credentials }: Account): { name: string; value: string }[] {
  const environment = {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: "true",
  };
  return Object.entries(environment).map(([name, value]) => ({ name, value }));
}
