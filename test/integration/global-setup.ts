import type { TestProject } from "vitest/node";
import { installCrds } from "../controlplane/crds.ts";
import { startControlPlane } from "../controlplane/index.ts";

declare module "vitest" {
  interface ProvidedContext {
    kubeconfigPath: string;
    kubectlPath: string;
  }
}

/** Starts one control plane for the whole run. Each test has a namespace, an account and a simulator of its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const controlPlane = await startControlPlane();
  await installCrds(controlPlane);
  project.provide("kubeconfigPath", controlPlane.kubeconfigPath);
  project.provide("kubectlPath", controlPlane.kubectlPath);
  return () => controlPlane.stop();
}
