/**
 * Measures times and memory at scale, and prints them beside the figures of the S3 controller of ACK for the same work.
 * Figures depend on the machine and are not asserted. Call budgets are asserted in
 * test/integration/bucket/budgets.test.ts.
 */

import { KubeConfig } from "@kubernetes/client-node";
import { Registry } from "prom-client";
import { API_VERSION, AWS_ACCOUNTS, S3_BUCKETS } from "../../operator/api/names.ts";
import type { S3Bucket } from "../../operator/api/types.ts";
import { systemClock } from "../../operator/clock.ts";
import { createKubeClient, type KubeClient } from "../../operator/kube/client.ts";
import { createKubeMetrics } from "../../operator/kube/metrics.ts";
import { startSimulator } from "../aws/index.ts";
import { installCrds } from "../controlplane/crds.ts";
import { startControlPlane } from "../controlplane/index.ts";
import { bucketManifest, eachOf, readyCount } from "./objects.ts";
import { measureOperator } from "./operator-process.ts";

const BUCKETS = Number(process.env["BENCH_BUCKETS"] ?? 200);
const EDIT_BUCKETS = Number(process.env["BENCH_EDIT_BUCKETS"] ?? 1_000);
const LATENCY_MS = 30;
const WORKERS = 10;
const ACCOUNT = "111122223333";

const controlPlane = await startControlPlane();
const simulator = await startSimulator();
const { credentials } = simulator.account(ACCOUNT);
try {
  await installCrds(controlPlane);
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromFile(controlPlane.kubeconfigPath);
  const metrics = createKubeMetrics(new Registry());
  const kube = createKubeClient(kubeConfig, { userAgent: "bench", clock: systemClock, metrics });
  await run(kube);
  await kube.close();
} finally {
  await simulator.stop();
  await controlPlane.stop();
}

async function run(kube: KubeClient): Promise<void> {
  const namespace = await controlPlane.createNamespace("bench");
  await until(async () => (await controlPlane.kubectl(["get", "s3buckets,awsaccounts", "-A"])).code === 0);
  await kube.create(AWS_ACCOUNTS, {
    apiVersion: API_VERSION,
    kind: "AWSAccount",
    metadata: { name: "bench" },
    spec: { accountId: ACCOUNT, region: "eu-central-1", default: true },
  } as never);
  simulator.latencyMs = LATENCY_MS;
  const create = (from: number, to: number) =>
    eachOf(from, to, (index) => kube.create<S3Bucket>(S3_BUCKETS, bucketManifest(namespace, index)));
  const start = (pollInterval: string) =>
    measureOperator({
      kubeconfigPath: controlPlane.kubeconfigPath,
      simulator,
      credentials,
      flags: [`--concurrency=${WORKERS}`, `--poll-interval=${pollInterval}`],
    });
  const ready = (count: number) => until(async () => (await readyCount(kube, namespace)) === count);

  const first = await start("24h");
  let begin = performance.now();
  await create(0, BUCKETS);
  await ready(BUCKETS);
  print(`${BUCKETS} buckets to Ready, ${LATENCY_MS} ms per call, ${WORKERS} workers`, seconds(begin), "48 s");
  print("  AWS calls", `${simulator.calls.all.length}`, "19,000");
  print("  resident memory of the operator", `${first.residentMiB()} MiB`, "77 MB");
  await first.stop();

  // A restart looks at everything once: the same work as a resync of all.
  simulator.calls.clear();
  begin = performance.now();
  const second = await start("24h");
  const looks = BUCKETS * 6;
  await until(async () =>
    Promise.resolve(simulator.calls.all.length >= looks && simulator.calls.all.every(({ endedAt }) => endedAt)),
  );
  print(`resync of those ${BUCKETS}, start of the process included`, seconds(begin), "29 s");
  print("  AWS calls", `${simulator.calls.all.length}`, "8,845");
  print("  CPU of the operator", `${second.cpuSeconds().toFixed(1)} s`, "8.2 s");
  print("  writes to AWS", `${simulator.calls.writes().length}`, "0");
  await second.stop();

  const third = await start("24h");
  await create(BUCKETS, EDIT_BUCKETS);
  await ready(EDIT_BUCKETS);
  await third.stop();
  const fourth = await start("24h");
  await until(async () => Promise.resolve(simulator.calls.all.length > 0));
  const key = { namespace, name: `bucket-${EDIT_BUCKETS - 1}` };
  begin = performance.now();
  const { metadata } = await kube.mergePatch<S3Bucket>(S3_BUCKETS, key, { spec: { versioning: "Suspended" } });
  await until(async () => {
    const { status } = await kube.get<S3Bucket>(S3_BUCKETS, key);
    return status?.observedGeneration === metadata.generation && status?.conditions?.[0]?.status === "True";
  });
  print(`one spec edit to Ready while ${EDIT_BUCKETS} buckets resync`, seconds(begin), "waits its turn");
  print("  resident memory of the operator", `${fourth.residentMiB()} MiB`, "");
  await fourth.stop();
}

function print(what: string, ours: string, peer: string): void {
  console.log(`${what.padEnd(64)} ${ours.padStart(10)}   ${peer && `(ACK: ${peer})`}`);
}

function seconds(begin: number): string {
  return `${((performance.now() - begin) / 1000).toFixed(1)} s`;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 600_000;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error("Not within ten minutes");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
