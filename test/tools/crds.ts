/**
 * Gets the CRDs of other projects from their Go modules, once, into the project's cache. The API server checks
 * manifests against them.
 */
import { createHash } from "node:crypto";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { cacheDirectory } from "../controlplane/cache.ts";
import { moduleFolder } from "./modules.ts";

const FOLDER = join(import.meta.dirname, "crds");

/** The folder of the CRDs in each module that crds/go.mod requires. */
const FILES: Readonly<Record<string, readonly string[]>> = {
  "github.com/argoproj/argo-cd/v3": ["manifests/crds/application-crd.yaml"],
  "github.com/fluxcd/kustomize-controller": ["config/crd/bases/kustomize.toolkit.fluxcd.io_kustomizations.yaml"],
  "github.com/fluxcd/source-controller": ["config/crd/bases/source.toolkit.fluxcd.io_gitrepositories.yaml"],
  "github.com/prometheus-operator/prometheus-operator": [
    "example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml",
    "example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml",
  ],
};

/** Returns a folder with only their YAML. Throws an error that says what failed. */
export async function findForeignCrds(environment: NodeJS.ProcessEnv = process.env): Promise<string> {
  const hash = createHash("sha256").update(await readFile(join(FOLDER, "go.mod")));
  const tools = join(dirname(dirname(cacheDirectory(environment))), "tools");
  const folder = join(tools, `crds-${hash.digest("hex").slice(0, 12)}`);
  if (await isThere(folder)) return folder;
  await mkdir(tools, { recursive: true });
  const temporary = await mkdtemp(`${folder}.temporary-`);
  for (const [module, files] of Object.entries(FILES)) {
    const source = await moduleFolder(FOLDER, module, environment);
    for (const file of files) await copyFile(join(source, file), join(temporary, basename(file)));
  }
  // Renamed when complete; if another process was first, its folder is the same.
  await rename(temporary, folder).catch(async (error: unknown) => {
    if (!(await isThere(folder))) throw error;
  });
  return folder;
}

async function isThere(folder: string): Promise<boolean> {
  return readdir(folder).then(
    (files) => files.length === Object.values(FILES).flat().length,
    () => false,
  );
}
