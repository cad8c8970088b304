import { KubeConfig } from "@kubernetes/client-node";

/** The kubeconfig cannot be used. The message names the file, but not its contents, which may be secret. */
export class KubeConfigError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "KubeConfigError";
  }
}

/**
 * Loads `file`, or else $KUBECONFIG, ~/.kube/config or the ServiceAccount of the Pod, in this order.
 * @throws KubeConfigError
 */
export function loadKubeConfig(file: string | undefined): KubeConfig {
  const kubeConfig = new KubeConfig();
  const problem = problemOf(() => (file === undefined ? kubeConfig.loadFromDefault() : kubeConfig.loadFromFile(file)));
  if (problem !== undefined) {
    throw new KubeConfigError(`--kubeconfig ${file ?? process.env["KUBECONFIG"] ?? "~/.kube/config"}: ${problem}`);
  }
  // client-node's default if it finds no configuration.
  if ([undefined, "http://localhost:8080"].includes(kubeConfig.getCurrentCluster()?.server)) {
    throw new KubeConfigError(
      "No kubeconfig found: set --kubeconfig or KUBECONFIG, create ~/.kube/config, or run in a Pod",
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
