/** What the tests of each GitOps tool share: a cluster, AWS, and a git repository. */
import { createBareCluster, environmentFor, SYSTEM, type BareCluster } from "../helm/support/cluster.ts";
import { createRepository, type Repository } from "./git.ts";

export interface Platform extends BareCluster {
  repository: Repository;
  /** Runs kubectl as the administrator; throws its stderr. */
  kubectl(args: readonly string[], input?: object): Promise<string>;
  /** The values of the chart with which the operator uses the simulator, and is quick. */
  chartValues: { extraEnv: object; operator: object };
}

/**
 * A control plane of its own, because the tool installs the chart, and with it CRDs and ClusterRoles. The chart's Pods
 * run in this namespace only.
 */
export async function startPlatform(namespace = SYSTEM): Promise<Platform> {
  await using stack = new AsyncDisposableStack();
  const cluster = stack.use(await createBareCluster(namespace));
  const repository = stack.use(await createRepository());
  const end = stack.move();
  return {
    ...cluster,
    repository,
    async kubectl(args, input) {
      const options = input === undefined ? {} : { input: JSON.stringify(input) };
      const { code, stdout, stderr } = await cluster.controlPlane.kubectl(args, options);
      if (code !== 0) throw new Error(`kubectl ${args.join(" ")}: ${stderr}`);
      return stdout.trim();
    },
    chartValues: {
      extraEnv: environmentFor(cluster.simulator, cluster.account),
      operator: { s3ForcePathStyle: true, shutdownTimeout: "5s", stalledAfter: STALLED_AFTER },
    },
    [Symbol.asyncDispose]: () => end.disposeAsync(),
  };
}

/** Long enough for a bucket that waits for another, and short enough to wait for. */
const STALLED_AFTER = "20s";
