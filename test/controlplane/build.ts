/** Builds the binaries from Go modules, with the versions of go.mod. */
import { join } from "node:path";
import { runCommand, type CommandResult } from "./command.ts";
import { tail, withProgress } from "./progress.ts";
import type { Source } from "./source.ts";
import { kubernetesVersion, moduleDirectory, type BinaryName } from "./versions.ts";

const packages: Record<BinaryName, string> = {
  etcd: "go.etcd.io/etcd/server/v3",
  "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
  "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
  kubectl: "k8s.io/kubernetes/cmd/kubectl",
};

export const goBuild: Source = {
  title: "go build",
  async provide(missing, { temporary, log, publish }) {
    log(`Building ${missing.join(", ")} from Go modules: only once, up to 10 minutes for all of them on 2 cores`);
    for (const name of missing) {
      const file = join(temporary, name);
      await withProgress(log, `Building ${name}`, () => build(packages[name], file));
      await publish(name, file);
    }
  },
};

async function build(goPackage: string, file: string): Promise<void> {
  const flags = ["-trimpath", "-mod=readonly", "-buildvcs=false", "-ldflags", linkerFlags(kubernetesVersion)];
  const { code, stderr } = await go(["build", "-C", moduleDirectory, ...flags, "-o", file, goPackage]);
  if (code !== 0) throw new Error(`go build ${goPackage} failed:\n${tail(stderr)}`);
}

async function go(args: readonly string[]): Promise<CommandResult> {
  try {
    // The user's workspace and settings for cross-compiling must not affect these binaries.
    const environment = { ...process.env, CGO_ENABLED: "0", GOWORK: "off", GOOS: "", GOARCH: "" };
    return await runCommand("go", args, { environment });
  } catch (error) {
    throw new Error("Go, from https://go.dev/doc/install, cannot be run", { cause: error });
  }
}

/** The linker flags that set the version: a module download does not contain it, and all clients would see v0.0.0. */
export function linkerFlags(version: string): string {
  const [major, minor] = version.slice(1).split(".");
  const values = [
    `gitVersion=${version}`,
    `gitMajor=${major}`,
    `gitMinor=${minor}`,
    "gitTreeState=clean",
    "buildDate=1970-01-01T00:00:00Z",
  ];
  const versionPackages = ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"];
  return ["-s -w", ...versionPackages.flatMap((name) => values.map((value) => `-X ${name}.${value}`))].join(" ");
}
