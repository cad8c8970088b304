/** Single binaries of the Kubernetes release: https://kubernetes.io/releases/download/#binaries */
import { join } from "node:path";
import { defaultDownload, downloadFile, downloadText, type DownloadOptions } from "./download.ts";
import { withProgress } from "./progress.ts";
import type { Source } from "./source.ts";
import { kubernetesVersion, thisPlatform, type BinaryName, type Platform } from "./versions.ts";

/** The release has no etcd, and only clients for macOS. */
const offered: Record<Platform["os"], readonly BinaryName[]> = {
  linux: ["kube-apiserver", "kube-controller-manager", "kubectl"],
  darwin: ["kubectl"],
};

export function kubernetesRelease(
  download: DownloadOptions = defaultDownload,
  platform: Platform = thisPlatform(),
): Source {
  return {
    title: "Kubernetes release",
    async provide(missing, { temporary, log, publish }) {
      for (const name of missing.filter((name) => offered[platform.os].includes(name))) {
        const url = `https://dl.k8s.io/release/${kubernetesVersion}/bin/${platform.os}/${platform.arch}/${name}`;
        const sha512 = (await downloadText(`${url}.sha512`, download)).trim();
        const file = join(temporary, name);
        await withProgress(log, `Downloading ${url}`, () => downloadFile(url, file, sha512, download));
        await publish(name, file);
      }
    },
  };
}
