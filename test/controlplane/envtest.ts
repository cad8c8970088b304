/** The archives of kubebuilder's envtest: etcd, kube-apiserver and kubectl, listed with checksums in one index. */
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { load } from "js-yaml";
import { runCommand } from "./command.ts";
import { defaultDownload, downloadFile, downloadText, type DownloadOptions } from "./download.ts";
import { tail, withProgress } from "./progress.ts";
import type { Source } from "./source.ts";
import { kubernetesVersion, minorOf, thisPlatform, type BinaryName, type Platform } from "./versions.ts";

/** https://github.com/kubernetes-sigs/controller-tools/blob/main/envtest-releases.yaml */
export const indexUrl = "https://raw.githubusercontent.com/kubernetes-sigs/controller-tools/HEAD/envtest-releases.yaml";

/** Version -> file name of the archive -> its URL, and its SHA-512 in hex. */
export interface EnvtestIndex {
  releases: Record<string, Record<string, { hash: string; selfLink: string }>>;
}

const offered = new Set<BinaryName>(["etcd", "kube-apiserver", "kubectl"]);

export function envtestArchive(
  download: DownloadOptions = defaultDownload,
  platform: Platform = thisPlatform(),
): Source {
  return {
    title: "envtest archive",
    async provide(missing, { temporary, log, publish }) {
      const wanted = missing.filter((name) => offered.has(name));
      if (wanted.length === 0) return;
      const index = parseIndex(await downloadText(indexUrl, download));
      const { url, sha512 } = chooseArchive(index, kubernetesVersion, platform);
      const archive = join(temporary, "envtest.tar.gz");
      await withProgress(log, `Downloading ${url}`, () => downloadFile(url, archive, sha512, download));
      const files = await unpack(archive, join(temporary, "envtest"));
      for (const name of wanted) {
        const file = files.get(name);
        if (file === undefined) throw new Error(`${url} has no ${name}`);
        await publish(name, file);
      }
    },
  };
}

function parseIndex(yaml: string): EnvtestIndex {
  const index = load(yaml);
  // A captive portal answers every request with a page of its own.
  if (typeof index !== "object" || index === null || !("releases" in index)) {
    throw new Error(`${indexUrl}: not an index of envtest archives`);
  }
  return index as EnvtestIndex;
}

/** The archive of `version`, or the newest of its minor version when that one is not published. */
export function chooseArchive(
  { releases }: EnvtestIndex,
  version: string,
  { os, arch }: Platform,
): { release: string; url: string; sha512: string } {
  const samePlatform = Object.entries(releases).flatMap(([release, archives]) => {
    const archive = archives[`envtest-${release}-${os}-${arch}.tar.gz`];
    return archive === undefined ? [] : [{ release, url: archive.selfLink, sha512: archive.hash }];
  });
  const patches = samePlatform
    .filter(({ release }) => minorOf(release) === minorOf(version) && /^v[\d.]+$/.test(release))
    .sort((a, b) => a.release.localeCompare(b.release, "en", { numeric: true }));
  const choice = patches.find(({ release }) => release === version) ?? patches.at(-1);
  if (choice === undefined) throw new Error(`no archive of ${minorOf(version)} for ${os}-${arch} in ${indexUrl}`);
  return choice;
}

/** The unpacked files by name, whatever folder of the archive they are in. */
async function unpack(archive: string, directory: string): Promise<Map<string, string>> {
  await mkdir(directory);
  const { code, stderr } = await runCommand("tar", ["-xzf", archive, "-C", directory]);
  if (code !== 0) throw new Error(`tar failed: ${tail(stderr)}`);
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return new Map(entries.filter((e) => e.isFile()).map((e) => [e.name, join(e.parentPath, e.name)]));
}
