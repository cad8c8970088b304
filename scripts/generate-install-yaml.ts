import { fileURLToPath } from "node:url";
import { runCommand } from "../test/controlplane/command.ts";

const NAMESPACE = "s3-operator-system";

const HEADER = `# Generated from charts/s3-operator by \`npm run generate\`. Do not edit.
# kubectl apply --server-side -f install.yaml
---
apiVersion: v1
kind: Namespace
metadata:
  name: ${NAMESPACE}
  labels:
    pod-security.kubernetes.io/enforce: restricted
`;

/**
 * install.yaml: the chart with its defaults in one file, for `kubectl apply --server-side`.
 * @param helm path of the Helm program
 */
export async function generateInstallYaml(helm: string): Promise<string> {
  const chart = fileURLToPath(new URL("../charts/s3-operator", import.meta.url));
  const { code, stdout, stderr } = await runCommand(
    helm,
    ["template", "s3-operator", chart, `--namespace=${NAMESPACE}`],
    { environment: { ...process.env, KUBECONFIG: "/dev/null" } },
  );
  if (code !== 0) throw new Error(stderr);
  return HEADER + stdout.replaceAll("app.kubernetes.io/managed-by: Helm", "app.kubernetes.io/managed-by: kubectl");
}
