import { createHash } from "node:crypto";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { dump } from "js-yaml";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findBinaries, pathsFrom } from "./binaries.ts";
import { cacheDirectory } from "./cache.ts";
import { runCommand } from "./command.ts";
import type { DownloadOptions } from "./download.ts";
import { envtestArchive, indexUrl } from "./envtest.ts";
import { kubernetesRelease } from "./release.ts";
import type { Source } from "./source.ts";
import { binaryNames, kubernetesVersion, type BinaryName, type Platform } from "./versions.ts";

const platform: Platform = { os: "linux", arch: "amd64" };
const archivePath = `/archives/envtest-${kubernetesVersion}-linux-amd64.tar.gz`;
const releasePath = (name: BinaryName) => `/release/${kubernetesVersion}/bin/linux/amd64/${name}`;
const sha512 = (content: Buffer | string) => createHash("sha512").update(content).digest("hex");

let directory: string;
let server: Server;
/** Responses by path; every other path is 404. */
let answers: Map<string, Buffer | string | ((response: ServerResponse) => void)>;
let requests: string[];
let log: string[];
let environment: { XDG_CACHE_HOME: string; KUBEBUILDER_ASSETS?: string };
let download: DownloadOptions;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "binaries-test-"));
  [answers, requests, log, environment] = [new Map(), [], [], { XDG_CACHE_HOME: join(directory, "cache") }];
  server = createServer((request, response) => {
    const path = request.url ?? "";
    requests.push(path);
    const answer = answers.get(path);
    if (typeof answer === "function") answer(response);
    else response.writeHead(answer === undefined ? 404 : 200).end(answer);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const here = `http://127.0.0.1:${address.port}`;
  download = {
    fetch: (url, init) => fetch(here + new URL(url).pathname, init),
    windowMs: 300,
    minimumBytes: 10,
  };
});

afterEach(async () => {
  server.close();
  server.closeAllConnections();
  await rm(directory, { recursive: true });
});

/** Serves an archive with these binaries, and an index that lists it. */
async function serveArchive(names: readonly BinaryName[], hash?: string): Promise<void> {
  const folder = join(directory, "archive", "controller-tools", "envtest");
  await mkdir(folder, { recursive: true });
  for (const name of names) await writeFile(join(folder, name), `${name} of the archive`);
  const file = join(directory, "archive.tar.gz");
  await runCommand("tar", ["-czf", file, "-C", join(directory, "archive"), "."]);
  const archive = await readFile(file);
  answers.set(archivePath, archive);
  const entry = { hash: hash ?? sha512(archive), selfLink: `https://example.test${archivePath}` };
  const releases = { [kubernetesVersion]: { [`envtest-${kubernetesVersion}-linux-amd64.tar.gz`]: entry } };
  answers.set(new URL(indexUrl).pathname, dump({ releases }));
}

function serveRelease(name: BinaryName): void {
  const content = `${name} of the release`;
  answers.set(releasePath(name), content);
  answers.set(`${releasePath(name)}.sha512`, sha512(content));
}

/** Stands in for go build: records what is requested, and writes it. */
function fakeBuild(): Source & { built: BinaryName[][] } {
  const built: BinaryName[][] = [];
  return {
    title: "fake build",
    built,
    async provide(missing, { temporary, publish }) {
      built.push([...missing]);
      for (const name of missing) {
        await writeFile(join(temporary, name), `${name} built`);
        await publish(name, join(temporary, name));
      }
    },
  };
}

const failingBuild: Source = {
  title: "fake build",
  async provide(missing, { temporary }) {
    for (const name of missing) await writeFile(join(temporary, name), "half a bin");
    throw new Error("no compiler");
  },
};

async function find(build: Source) {
  const sources = [envtestArchive(download, platform), kubernetesRelease(download, platform), build];
  return findBinaries({ log: (line) => log.push(line), environment, sources });
}

async function contents(): Promise<Record<string, string>> {
  const cache = cacheDirectory(environment);
  const names = await readdir(cache);
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(cache, name), "utf8")])),
  );
}

/** Asserts that the cache has only its folder: no temporary folder, no lock. */
async function expectNoLeftovers(): Promise<void> {
  expect(await readdir(dirname(cacheDirectory(environment)))).toHaveLength(1);
}

describe("findBinaries", () => {
  test("three binaries come from the archive and kube-controller-manager from the release, once", async () => {
    await serveArchive(["etcd", "kube-apiserver", "kubectl"]);
    serveRelease("kube-controller-manager");
    const build = fakeBuild();
    const binaries = await find(build);
    expect(await contents()).toEqual({
      etcd: "etcd of the archive",
      "kube-apiserver": "kube-apiserver of the archive",
      "kube-controller-manager": "kube-controller-manager of the release",
      kubectl: "kubectl of the archive",
    });
    expect(binaries.kubeControllerManager).toBe(join(cacheDirectory(environment), "kube-controller-manager"));
    expect(build.built).toEqual([]);
    await expectNoLeftovers();

    requests = [];
    expect(await find(build)).toEqual(binaries);
    expect(requests).toEqual([]);
  });

  test("an archive with another checksum is refused, and only etcd, which the release lacks, is built", async () => {
    await serveArchive(["etcd", "kube-apiserver", "kubectl"], "0".repeat(128));
    for (const name of ["kube-apiserver", "kube-controller-manager", "kubectl"] as const) serveRelease(name);
    const build = fakeBuild();
    await find(build);
    expect(build.built).toEqual([["etcd"]]);
    expect(log.join("\n")).toMatch(/envtest archive: .*SHA-512 is .*, expected 0{128}/);
    expect((await contents())["kube-apiserver"]).toBe("kube-apiserver of the release");
  });

  test("a release binary with another checksum is refused", async () => {
    await serveArchive(["etcd", "kube-apiserver", "kubectl"]);
    serveRelease("kube-controller-manager");
    answers.set(`${releasePath("kube-controller-manager")}.sha512`, "0".repeat(128));
    const build = fakeBuild();
    await find(build);
    expect(build.built).toEqual([["kube-controller-manager"]]);
    expect((await contents())["kube-controller-manager"]).toBe("kube-controller-manager built");
  });

  test("all binaries are built when downloads are not found", async () => {
    const build = fakeBuild();
    await find(build);
    expect(build.built).toEqual([[...binaryNames]]);
    expect(log.join("\n")).toMatch(/envtest archive: .*HTTP 404/);
  });

  test("all binaries are built soon when downloads never answer", async () => {
    answers.set(new URL(indexUrl).pathname, () => undefined);
    answers.set(`${releasePath("kube-apiserver")}.sha512`, () => undefined);
    const build = fakeBuild();
    const start = Date.now();
    await find(build);
    expect(Date.now() - start).toBeLessThan(4000);
    expect(build.built).toEqual([[...binaryNames]]);
    expect(log.join("\n")).toMatch(/envtest archive: .*only 0 bytes in 0.3 s/);
    expect(log.join("\n")).toMatch(/Kubernetes release: .*only 0 bytes in 0.3 s/);
  });

  test("the download of an archive that stalls is aborted", async () => {
    await serveArchive(["etcd", "kube-apiserver", "kubectl"]);
    const archive = answers.get(archivePath) as Buffer;
    answers.set(archivePath, (response) => response.writeHead(200).write(archive.subarray(0, 100)));
    const build = fakeBuild();
    await find(build);
    expect(build.built).toEqual([[...binaryNames]]);
    expect(log.join("\n")).toMatch(/envtest archive: .*only 0 bytes in 0.3 s/);
  });

  test("an index of another format is refused", async () => {
    answers.set(new URL(indexUrl).pathname, "<html>Please sign in to this network</html>");
    const build = fakeBuild();
    await find(build);
    expect(build.built).toEqual([[...binaryNames]]);
    expect(log.join("\n")).toContain("not an index of envtest archives");
  });

  test("binaries in KUBEBUILDER_ASSETS are used, and only the missing ones are fetched", async () => {
    environment.KUBEBUILDER_ASSETS = join(directory, "assets");
    await mkdir(environment.KUBEBUILDER_ASSETS);
    for (const name of ["etcd", "kube-apiserver", "kubectl"]) {
      await writeFile(join(environment.KUBEBUILDER_ASSETS, name), name);
      await chmod(join(environment.KUBEBUILDER_ASSETS, name), 0o755);
    }
    serveRelease("kube-controller-manager");
    const binaries = await find(failingBuild);
    expect(binaries.kubeApiserver).toBe(join(environment.KUBEBUILDER_ASSETS, "kube-apiserver"));
    expect(Object.keys(await contents())).toEqual(["kube-controller-manager"]);
    expect(requests).not.toContain(new URL(indexUrl).pathname);
    expect(log[0]).toContain("holds no kube-controller-manager");
  });

  test("a failure says what is missing, why, and what to do, and leaves no partial file", async () => {
    const error = await find(failingBuild).catch(String);
    expect(error).toContain(`No ${binaryNames.join(", ")} of Kubernetes ${kubernetesVersion}`);
    expect(error).toContain("HTTP 404");
    expect(error).toContain("fake build: no compiler");
    expect(error).toContain("KUBEBUILDER_ASSETS");
    expect(await contents()).toEqual({});
    await expectNoLeftovers();
  });

  test("concurrent callers install once, and remove the files of a killed installation", async () => {
    const killed = `${cacheDirectory(environment)}.temporary-killed`;
    await mkdir(killed, { recursive: true });
    const build = fakeBuild();
    await Promise.all([find(build), find(build)]);
    expect(build.built).toHaveLength(1);
    await expectNoLeftovers();
  });
});

test("the variable for one binary overrides the folder", () => {
  const paths = pathsFrom({ KUBEBUILDER_ASSETS: "/assets", TEST_ASSET_KUBE_APISERVER: "/mine/kube-apiserver" });
  expect(paths).toEqual({
    etcd: "/assets/etcd",
    "kube-apiserver": "/mine/kube-apiserver",
    "kube-controller-manager": "/assets/kube-controller-manager",
    kubectl: "/assets/kubectl",
  });
});
