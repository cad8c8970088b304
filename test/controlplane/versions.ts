/** The binaries, the Kubernetes version and the platform to find. go.mod pins the versions. */
import { readFileSync } from "node:fs";

export const binaryNames = ["etcd", "kube-apiserver", "kube-controller-manager", "kubectl"] as const;

export type BinaryName = (typeof binaryNames)[number];

/** Path of each binary that exists. */
export type Found = Partial<Record<BinaryName, string>>;

export function missingFrom(found: Found): BinaryName[] {
  return binaryNames.filter((name) => found[name] === undefined);
}

/** Operating system and architecture, in Go's terms. */
export interface Platform {
  os: "linux" | "darwin";
  arch: "amd64" | "arm64";
}

/** The folder of go.mod, where the binaries are built. */
export const moduleDirectory = import.meta.dirname;

/** For example "v1.36.3". */
export const kubernetesVersion = pinnedVersion(readFileSync(`${moduleDirectory}/go.mod`, "utf8"));

function pinnedVersion(goMod: string): string {
  const version = /^\s*k8s\.io\/kubernetes (v\d+\.\d+\.\d+)\b/m.exec(goMod)?.[1];
  if (version === undefined) throw new Error(`${moduleDirectory}/go.mod does not require k8s.io/kubernetes`);
  return version;
}

/** "v1.36.3" -> "v1.36": all patch releases of a minor version are compatible. */
export function minorOf(version: string): string {
  return version.split(".").slice(0, 2).join(".");
}

/** This machine's platform. Windows has neither the signals nor the Unix sockets that the control plane needs. */
export function thisPlatform(os: string = process.platform, arch: string = process.arch): Platform {
  const goArch = { x64: "amd64", arm64: "arm64" }[arch];
  if ((os !== "linux" && os !== "darwin") || (goArch !== "amd64" && goArch !== "arm64")) {
    throw new Error(`No control plane for ${os} ${arch}: it runs on Linux and macOS, on x64 and arm64`);
  }
  return { os, arch: goArch };
}
