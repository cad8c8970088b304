/**
 * Writes install.yaml: the chart with its defaults in one file, for `kubectl apply --server-side`. It needs Helm, which
 * it finds or builds as the tests do. With --check it writes nothing, and exits 1 if the file is stale.
 */

import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { runCommand } from "../test/controlplane/command.ts";
import { findTool } from "../test/tools/index.ts";

const FILE = "install.yaml";
const NAMESPACE = "s3-operator-system";

const HEADER = `# Generated from charts/s3-operator by \`make install-yaml\`. Do not edit.
# kubectl apply --server-side -f install.yaml
---
apiVersion: v1
kind: Namespace
metadata:
  name: ${NAMESPACE}
  labels:
    pod-security.kubernetes.io/enforce: restricted
`;

async function render(): Promise<string> {
  const args = ["template", "s3-operator", "charts/s3-operator", `--namespace=${NAMESPACE}`];
  const { code, stdout, stderr } = await runCommand(await findTool("helm4"), args, {
    environment: { ...process.env, KUBECONFIG: "/dev/null" },
  });
  if (code !== 0) throw new Error(stderr);
  // kubectl applies the file, so no object is managed by Helm.
  return HEADER + stdout.replaceAll("app.kubernetes.io/managed-by: Helm", "app.kubernetes.io/managed-by: kubectl");
}

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const text = await render();
if (!process.argv.includes("--check")) {
  await writeFile(FILE, text);
} else if ((await readFile(FILE, "utf8").catch(() => "")) !== text) {
  console.error(`${FILE} is stale: run \`make install-yaml\``);
  process.exitCode = 1;
}
