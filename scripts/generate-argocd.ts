import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { dump } from "js-yaml";
import { format } from "prettier";

const GROUP = "s3-operator.io";
const HEADER =
  "# Generated from resource_customizations by `npm run generate`. Do not edit. A patch of ConfigMap argocd-cm: see docs/gitops.md.\n";

/** Keys of former releases, which the patch removes. */
const FORMER_KEYS: readonly string[] = [];

/**
 * Generates argocd/argocd-cm-patch.yaml: the health checks and actions below `directory`
 * (argocd/resource_customizations, laid out as in Argo CD's repository), as keys of the ConfigMap that Argo CD reads.
 * https://argo-cd.readthedocs.io/en/stable/operator-manual/health/
 *
 * It is a merge patch and no manifest: `kubectl apply` of a manifest removes the rest of a ConfigMap that `kubectl apply`
 * created, because both have the same field manager or the same annotation.
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
 */
export async function generateArgocdConfig(directory: string, formerKeys = FORMER_KEYS): Promise<string> {
  const data: Record<string, string | null> = Object.fromEntries(formerKeys.map((key) => [key, null]));
  for (const kind of (await readdir(join(directory, GROUP))).sort()) {
    const folder = join(directory, GROUP, kind);
    data[`resource.customizations.health.${GROUP}_${kind}`] = await readFile(join(folder, "health.lua"), "utf8");
    data[`resource.customizations.actions.${GROUP}_${kind}`] = dump(await actionsIn(join(folder, "actions")), {
      lineWidth: -1,
    });
  }
  return format(HEADER + dump({ data }, { lineWidth: -1 }), { parser: "yaml", printWidth: 120 });
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
