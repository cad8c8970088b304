import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCommand } from "../controlplane/command.ts";
import { messageOf } from "../controlplane/progress.ts";
import { findTool } from "./index.ts";
import { folderOf, linkerFlags, toolNames } from "./tools.ts";

const log = () => {};
let cache: string;

beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), "s3-operator-tools-"));
});

afterAll(() => rm(cache, { recursive: true, force: true }));

test("a path in the environment comes first", async () => {
  expect(await findTool("helm4", { log, environment: { TEST_ASSET_HELM4: process.execPath } })).toBe(process.execPath);
});

test("the variable of a tool with hyphens in its name is one that a shell can set", async () => {
  const environment = { TEST_ASSET_HELM_CONTROLLER: process.execPath };
  expect(await findTool("helm-controller", { log, environment })).toBe(process.execPath);
});

test("a path without a program is refused, and the error names it", async () => {
  const environment = { TEST_ASSET_HELM3: "/nowhere/helm" };
  await expect(findTool("helm3", { log, environment })).rejects.toThrow("TEST_ASSET_HELM3=/nowhere/helm");
});

test("without Go the error says what to do, and no file is left", async () => {
  const environment = { XDG_CACHE_HOME: cache, PATH: "/nowhere" };
  const failure = await findTool("helm4", { log, environment }).catch(messageOf);
  expect(failure).toMatch(/No helm4 for tests\. Install Go, or set TEST_ASSET_HELM4 .*ENOENT/);
  expect(await readdir(join(cache, "s3-operator", "tools"))).toEqual([]);
});

test.each(["helm4", "helm3"] as const)("%s has the version of its go.mod", async (name) => {
  const { stdout } = await runCommand(await findTool(name, { log }), ["version", "--short"]);
  expect(await readFile(join(folderOf(name), "go.mod"), "utf8")).toContain(
    `helm.sh/helm/v${name.slice(-1)} ${stdout.trim()} `,
  );
});

describe("every tool", () => {
  test.each(toolNames)("%s pins its modules with checksums", async (name) => {
    expect(await readdir(folderOf(name))).toEqual(expect.arrayContaining(["go.mod", "go.sum"]));
    expect(linkerFlags(name)).not.toContain("unknown");
  });
});
