import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { dump } from "js-yaml";
import { format } from "prettier";

const GROUP = "s3-operator.io";
const HEADER = "# Generated from resource_customizations by `npm run generate`. Do not edit.\n";

/**
 * Generates argocd/argocd-cm.yaml: the health checks and actions below `directory` (argocd/resource_customizations,
 * laid out as in Argo CD's repository), as keys of the ConfigMap that Argo CD reads.
 * https://argo-cd.readthedocs.io/en/stable/operator-manual/health/
 */
export async function generateArgocdConfig(directory: string): Promise<string> {
  const data: Record<string, string> = {};
  for (const kind of (await readdir(join(directory, GROUP))).sort()) {
    const folder = join(directory, GROUP, kind);
    data[`resource.customizations.health.${GROUP}_${kind}`] = await readFile(join(folder, "health.lua"), "utf8");
    data[`resource.customizations.actions.${GROUP}_${kind}`] = dump(await actionsIn(join(folder, "actions")), {
      lineWidth: -1,
    });
  }
  const metadata = { name: "argocd-cm", namespace: "argocd" };
  const text = dump({ apiVersion: "v1", kind: "ConfigMap", metadata, data }, { lineWidth: -1 });
  return format(HEADER + text, { parser: "yaml", printWidth: 120 });
}

/** https://argo-cd.readthedocs.io/en/stable/operator-manual/resource_actions/ */
async function actionsIn(folder: string): Promise<object> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory() && entry.name !== "testdata").map(({ name }) => name);
  const definitions = names.sort().map(async (name) => {
    return { name, "action.lua": await readFile(join(folder, name, "action.lua"), "utf8") };
  });
  return {
    "discovery.lua": await readFile(join(folder, "discovery.lua"), "utf8"),
    definitions: await Promise.all(definitions),
  };
}
