/**
 * The project's cache of control plane binaries: one folder per Kubernetes version and platform. Files are renamed into
 * it when complete, so that a killed installation, or two at once, leave no partial file.
 */
import { access, chmod, constants, mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { withLock } from "./lock.ts";
import type { Log, Staging } from "./source.ts";
import { binaryNames, kubernetesVersion, thisPlatform, type Found, type Platform } from "./versions.ts";

export function cacheDirectory(environment: NodeJS.ProcessEnv, { os, arch }: Platform = thisPlatform()): string {
  // An empty variable counts as unset: https://specifications.freedesktop.org/basedir-spec/latest/
  const root = environment.XDG_CACHE_HOME || join(homedir(), ".cache");
  return join(root, "s3-operator", "controlplane", `${kubernetesVersion}-${os}-${arch}`);
}

/** The given paths at which there is an executable file. */
export async function onlyExecutable(paths: Found): Promise<Found> {
  const found: Found = {};
  for (const name of binaryNames) {
    const path = paths[name];
    if (path !== undefined && (await isExecutable(path))) found[name] = path;
  }
  return found;
}

/** The binaries in a folder. */
export async function binariesIn(directory: string): Promise<Found> {
  return onlyExecutable(Object.fromEntries(binaryNames.map((name) => [name, join(directory, name)])));
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** Lets `work` fill the cache folder while no other process does. */
export async function withStaging<T>(directory: string, log: Log, work: (staging: Staging) => Promise<T>): Promise<T> {
  await mkdir(directory, { recursive: true });
  return withLock(`${directory}.lock`, log, async () => {
    await removeLeftovers(directory);
    const temporary = await mkdtemp(`${directory}${temporarySuffix}`);
    const publish: Staging["publish"] = async (name, file) => {
      await chmod(file, 0o755);
      await rename(file, join(directory, name));
    };
    try {
      return await work({ temporary, log, publish });
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  });
}

const temporarySuffix = ".temporary-";

/** Removes the temporary folders of installations that were killed. */
async function removeLeftovers(directory: string): Promise<void> {
  const siblings = await readdir(dirname(directory));
  const leftovers = siblings.filter((name) => name.startsWith(basename(directory) + temporarySuffix));
  for (const name of leftovers) await rm(join(dirname(directory), name), { recursive: true, force: true });
}
