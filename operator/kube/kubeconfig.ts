import { KubeConfig } from "@kubernetes/client-node";

/** There is no way to an API server. The message names the file, and never repeats what is in it, which can be a secret. */
export class KubeConfigError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "KubeConfigError";
  }
}

/**
 * From `file`, or else from where kubectl looks, and last from the pod's own ServiceAccount.
 * @throws KubeConfigError
 */
export function loadKubeConfig(file: string | undefined): KubeConfig {
  const kubeConfig = new KubeConfig();
  const problem = problemOf(() => (file === undefined ? kubeConfig.loadFromDefault() : kubeConfig.loadFromFile(file)));
  if (problem !== undefined) {
    throw new KubeConfigError(`--kubeconfig ${file ?? process.env["KUBECONFIG"] ?? "~/.kube/config"}: ${problem}`);
  }
  // What client-node assumes when it finds nothing at all.
  if ([undefined, "http://localhost:8080"].includes(kubeConfig.getCurrentCluster()?.server)) {
    throw new KubeConfigError(
      "--kubeconfig is not given, KUBECONFIG and ~/.kube/config are absent, and this is not a pod",
    );
  }
  return kubeConfig;
}

function problemOf(load: () => void): string | undefined {
  try {
    load();
    return undefined;
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : "not a kubeconfig";
  }
}
