/**
 * Gets the CRDs of other projects from their Go modules, once, into the project's cache. The API server checks
 * manifests against them.
 */
import { createHash } from "node:crypto";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { cacheDirectory } from "../controlplane/cache.ts";
import { moduleFolder } from "./modules.ts";

/**
 * By folder of a go.mod: files in each module that it requires. Of Argo CD, also the configuration that it is installed
 * with.
 */
const FILES = {
  crds: {
    "github.com/argoproj/argo-cd/v3": ["manifests/crds/application-crd.yaml"],
    "github.com/fluxcd/helm-controller": ["config/crd/bases/helm.toolkit.fluxcd.io_helmreleases.yaml"],
    "github.com/fluxcd/kustomize-controller": ["config/crd/bases/kustomize.toolkit.fluxcd.io_kustomizations.yaml"],
    "github.com/fluxcd/source-controller": ["config/crd/bases/source.toolkit.fluxcd.io_gitrepositories.yaml"],
    "github.com/prometheus-operator/prometheus-operator": [
      "example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml",
      "example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml",
    ],
  },
  argocd: {
    "github.com/argoproj/argo-cd/v3": [
      ...["application", "appproject", "applicationset"].map((kind) => `manifests/crds/${kind}-crd.yaml`),
      ...["cm", "rbac-cm", "gpg-keys-cm", "tls-certs-cm", "ssh-known-hosts-cm", "secret"].map(
        (name) => `manifests/base/config/argocd-${name}.yaml`,
      ),
    ],
  },
  "source-controller": {
    "github.com/fluxcd/source-controller": ["gitrepositories", "helmcharts", "helmrepositories", "buckets"]
      .concat("externalartifacts", "ocirepositories")
      .map((plural) => `config/crd/bases/source.toolkit.fluxcd.io_${plural}.yaml`),
  },
  "kustomize-controller": {
    "github.com/fluxcd/kustomize-controller": ["config/crd/bases/kustomize.toolkit.fluxcd.io_kustomizations.yaml"],
  },
  "helm-controller": {
    "github.com/fluxcd/helm-controller": ["config/crd/bases/helm.toolkit.fluxcd.io_helmreleases.yaml"],
  },
} satisfies Record<string, Readonly<Record<string, readonly string[]>>>;

/**
 * Returns a folder with only these YAML files of the modules of test/tools/<name>/go.mod. Throws an error that says
 * what failed.
 */
export async function findForeignCrds(
  name: keyof typeof FILES = "crds",
  environment: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const modules: Readonly<Record<string, readonly string[]>> = FILES[name];
  const source = join(import.meta.dirname, name);
  const hash = createHash("sha256")
    .update(await readFile(join(source, "go.mod")))
    .update(JSON.stringify(modules));
  const tools = join(dirname(dirname(cacheDirectory(environment))), "tools");
  const folder = join(tools, `crds-${hash.digest("hex").slice(0, 12)}`);
  if (await isThere(folder)) return folder;
  await mkdir(tools, { recursive: true });
  const temporary = await mkdtemp(`${folder}.temporary-`);
  for (const [module, files] of Object.entries(modules)) {
    const contents = await moduleFolder(source, module, environment);
    for (const file of files) await copyFile(join(contents, file), join(temporary, basename(file)));
  }
  // Renamed when complete; if another process was first, its folder is the same.
  await rename(temporary, folder).catch(async (error: unknown) => {
    if (!(await isThere(folder))) throw error;
  });
  return folder;
}

async function isThere(folder: string): Promise<boolean> {
  return readdir(folder).then(
    () => true,
    () => false,
  );
}
