import { cp, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { runCommand } from "../test/controlplane/command.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const COPIED = [
  "charts",
  "argocd",
  "crds",
  "docs",
  "operator",
  "scripts",
  "test",
  "package.json",
  "tsconfig.json",
  "vitest.config.ts",
];
/** The written files, and the one that declares the context of the integration tests. */
const WRITTEN = ["operator/bucket/**/metadata*.ts", "test/aws/**/metadata*.ts", "test/integration/global-setup.ts"];

/** Arguments for calls of S3 that no setting makes. */
function argumentsFor(name: string, configuration: string): string[] {
  const verbs = { get: "Get", put: "Create", delete: "Delete" };
  const calls = Object.entries(verbs).map(([option, verb]) => `--${option}=${verb}Bucket${configuration}`);
  return [name, `--absent=${configuration}NotFound`, ...calls];
}

test("what new-setting writes compiles and passes its tests", { timeout: 180_000 }, async () => {
  const copy = await mkdtemp(join(tmpdir(), "new-setting-"));
  // In place of Helm, since install.yaml does not matter here.
  const environment = { ...process.env, TEST_ASSET_HELM4: "/usr/bin/true" };
  const run = async (program: string, ...args: string[]) => {
    const { code, stdout, stderr } = await runCommand(process.execPath, [join(copy, program), ...args], {
      environment,
    });
    expect(code, stdout + stderr).toBe(0);
  };
  try {
    for (const path of COPIED) await cp(join(ROOT, path), join(copy, path), { recursive: true });
    await symlink(join(ROOT, "node_modules"), join(copy, "node_modules"));
    await run("scripts/new-setting.ts", ...argumentsFor("metadataTable", "MetadataTableConfiguration"));
    // With enums, and with an answer in other words, so that its tests would want the author's help.
    await run("scripts/new-setting.ts", ...argumentsFor("metadata", "MetadataConfiguration"));
    await run("scripts/generate.ts");
    await writeFile(join(copy, "written.json"), JSON.stringify({ extends: "./tsconfig.json", include: WRITTEN }));
    await run("node_modules/typescript/bin/tsc", "--project", join(copy, "written.json"));
    await run("node_modules/vitest/vitest.mjs", "run", "--root", copy, "--project=unit", "metadata-table");
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
});
