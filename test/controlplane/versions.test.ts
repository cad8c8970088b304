import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { linkerFlags } from "./build.ts";
import { chooseArchive } from "./envtest.ts";
import { kubernetesVersion, moduleDirectory, thisPlatform } from "./versions.ts";

test("go.mod replaces all staging modules with those of its Kubernetes version", () => {
  const goMod = readFileSync(`${moduleDirectory}/go.mod`, "utf8");
  const replaced = [...goMod.matchAll(/^\s*k8s\.io\/\S+ => k8s\.io\/\S+ (\S+)$/gm)].map((match) => match[1]);
  expect(replaced.length).toBeGreaterThan(30);
  expect(new Set(replaced)).toEqual(new Set([kubernetesVersion.replace("v1.", "v0.")]));
});

test("the version is linked into server and client", () => {
  const flags = linkerFlags("v1.36.3");
  for (const name of ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"]) {
    expect(flags).toContain(`-X ${name}.gitVersion=v1.36.3 -X ${name}.gitMajor=1 -X ${name}.gitMinor=36 `);
  }
});

test("the error names a platform without a control plane", () => {
  expect(thisPlatform("darwin", "arm64")).toEqual({ os: "darwin", arch: "arm64" });
  expect(() => thisPlatform("win32", "x64")).toThrow("No control plane for win32 x64");
  expect(() => thisPlatform("linux", "riscv64")).toThrow("No control plane for linux riscv64");
});

/** An index with one linux-amd64 archive per version. */
function indexOf(...versions: string[]) {
  const archives = versions.map((version) => [
    version,
    {
      [`envtest-${version}-linux-amd64.tar.gz`]: { hash: `hash of ${version}`, selfLink: `https://x.test/${version}` },
    },
  ]);
  return { releases: Object.fromEntries(archives) };
}

test.each([
  { published: ["v1.36.2", "v1.36.3", "v1.36.4"], chosen: "v1.36.3", why: "the exact version" },
  {
    published: ["v1.36.9", "v1.36.10", "v1.37.0", "v1.35.1"],
    chosen: "v1.36.10",
    why: "the newest patch of the minor version",
  },
  { published: ["v1.36.0", "v1.36.1-rc.0"], chosen: "v1.36.0", why: "a release rather than a pre-release" },
])("of $published, $why is chosen", ({ published, chosen }) => {
  const choice = chooseArchive(indexOf(...published), "v1.36.3", { os: "linux", arch: "amd64" });
  expect(choice).toEqual({ release: chosen, url: `https://x.test/${chosen}`, sha512: `hash of ${chosen}` });
});

test("no archive of the minor version, or none for the platform, is an error", () => {
  const none = /no archive of v1.36 for/;
  expect(() => chooseArchive(indexOf("v1.35.0"), "v1.36.3", { os: "linux", arch: "amd64" })).toThrow(none);
  expect(() => chooseArchive(indexOf("v1.36.3"), "v1.36.3", { os: "darwin", arch: "arm64" })).toThrow(none);
});
