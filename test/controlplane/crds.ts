import type { ControlPlane } from "./index.ts";
import { waitUntil } from "./readiness.ts";

const RESOURCES = "s3buckets,bucketaccesses,awsaccounts";

/**
 * Applies the CRDs of this project, and resolves when all of them are served. Throws kubectl's message when one is
 * refused.
 */
export async function installCrds({ kubectl }: Pick<ControlPlane, "kubectl">): Promise<void> {
  const applied = await kubectl(["apply", "--server-side", "-f", "crds/"]);
  if (applied.code !== 0) throw new Error(`The CRDs were refused: ${applied.stderr}`);
  const succeeds = (what: string, args: readonly string[]) =>
    waitUntil(
      what,
      async () => (await kubectl(args)).code === 0,
      async () => undefined,
    );
  // Retried: on a CRD without conditions, the command fails at once with "accessor error".
  await succeeds("CRDs established", ["wait", "--for=condition=Established", "crd", "--all", "--timeout=30s"]);
  // An established CRD is not served at once: for a moment the API server still answers 429.
  await succeeds("CRDs served", ["get", RESOURCES, "--all-namespaces"]);
}
