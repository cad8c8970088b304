/**
 * Finds etcd, kube-apiserver, kube-controller-manager and kubectl in the environment and the project's cache, and
 * fetches the missing ones from the envtest archive, the Kubernetes release, or a build. Nothing is ever skipped
 * silently.
 */
import { join } from "node:path";
import { goBuild } from "./build.ts";
import { binariesIn, cacheDirectory, onlyExecutable, withStaging } from "./cache.ts";
import { envtestArchive } from "./envtest.ts";
import { messageOf } from "./progress.ts";
import { kubernetesRelease } from "./release.ts";
import type { Log, Source } from "./source.ts";
import { binaryNames, kubernetesVersion, missingFrom, type Found } from "./versions.ts";

/** Paths. */
export interface Binaries {
  etcd: string;
  kubeApiserver: string;
  kubeControllerManager: string;
  kubectl: string;
}

export interface FindBinariesOptions {
  log: Log;
  environment?: NodeJS.ProcessEnv;
  /** Sources of the binaries that neither the environment nor the cache has, in the order in which they are tried. */
  sources?: readonly Source[];
}

/** Throws an error that says what is missing, why each source failed, and what to do. */
export async function findBinaries({
  log,
  environment = process.env,
  sources,
}: FindBinariesOptions): Promise<Binaries> {
  const directory = cacheDirectory(environment);
  const given = await onlyExecutable(pathsFrom(environment));
  if (environment.KUBEBUILDER_ASSETS && missingFrom(given).length > 0) {
    log(`KUBEBUILDER_ASSETS=${environment.KUBEBUILDER_ASSETS} holds no ${missingFrom(given).join(", ")}`);
  }
  const lookUp = async (): Promise<Found> => ({ ...(await binariesIn(directory)), ...given });
  const binaries = complete(await lookUp());
  if (binaries !== undefined) return binaries;
  const failures = await install(directory, lookUp, log, sources ?? [envtestArchive(), kubernetesRelease(), goBuild]);
  const found = await lookUp();
  const installed = complete(found);
  if (installed === undefined) throw new Error(advice(found, directory, failures));
  return installed;
}

/** envtest's variables: one for each binary, and one for a folder. https://book.kubebuilder.io/reference/envtest */
export function pathsFrom(environment: NodeJS.ProcessEnv): Found {
  const folder = environment.KUBEBUILDER_ASSETS;
  const paths: Found = {};
  for (const name of binaryNames) {
    const single = environment[`TEST_ASSET_${name.toUpperCase().replaceAll("-", "_")}`];
    if (single) paths[name] = single;
    else if (folder) paths[name] = join(folder, name);
  }
  return paths;
}

/** Tries one source after another until nothing is missing. Returns the failures. */
async function install(
  directory: string,
  lookUp: () => Promise<Found>,
  log: Log,
  sources: readonly Source[],
): Promise<string[]> {
  return withStaging(directory, log, async (staging) => {
    const failures: string[] = [];
    for (const source of sources) {
      // Checked each time: the process that held the lock before may have installed everything.
      const missing = missingFrom(await lookUp());
      if (missing.length === 0) break;
      try {
        await source.provide(missing, staging);
      } catch (error) {
        const failure = `${source.title}: ${messageOf(error)}`;
        failures.push(failure);
        log(failure);
      }
    }
    return failures;
  });
}

function advice(found: Found, directory: string, failures: readonly string[]): string {
  return [
    `No ${missingFrom(found).join(", ")} of Kubernetes ${kubernetesVersion} for tests in KUBEBUILDER_ASSETS or in ${directory}.`,
    ...failures.map((failure) => `- ${failure}`),
    "Either set KUBEBUILDER_ASSETS to a folder with the binaries, or install Go and run: node test/controlplane/main.ts install",
  ].join("\n");
}

function complete(found: Found): Binaries | undefined {
  const { etcd, kubectl, "kube-apiserver": kubeApiserver, "kube-controller-manager": kubeControllerManager } = found;
  if (!etcd || !kubectl || !kubeApiserver || !kubeControllerManager) return undefined;
  return { etcd, kubeApiserver, kubeControllerManager, kubectl };
}
