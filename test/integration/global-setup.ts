import type { TestProject } from "vitest/node";
import { startControlPlane } from "../controlplane/index.ts";
import { eventually } from "./support/wait.ts";

declare module "vitest" {
  interface ProvidedContext {
    kubeconfigPath: string;
    kubectlPath: string;
  }
}

/** One control plane for the whole run; every test has a namespace, an account and a simulator of its own in it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const controlPlane = await startControlPlane();
  const { code, stderr } = await controlPlane.kubectl(["apply", "--server-side", "-f", "crds/"]);
  if (code !== 0) throw new Error(`The CRDs were refused: ${stderr}`);
  const established = ["wait", "--for=condition=Established", "crd", "--all", "--timeout=30s"];
  const waited = await controlPlane.kubectl(established);
  if (waited.code !== 0) throw new Error(`The CRDs were not established: ${waited.stderr}`);
  // Established is not yet served: for a moment the API server still answers 429.
  const list = () => controlPlane.kubectl(["get", "s3buckets,bucketaccesses,awsaccounts", "--all-namespaces"]);
  await eventually(
    list,
    (result) => result.code === 0,
    (last) => `The CRDs are not served: ${last?.stderr}`,
  );
  project.provide("kubeconfigPath", controlPlane.kubeconfigPath);
  project.provide("kubectlPath", controlPlane.kubectlPath);
  return () => controlPlane.stop();
}
