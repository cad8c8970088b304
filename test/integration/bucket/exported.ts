import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "js-yaml";
import { expect } from "vitest";
import type { S3Bucket } from "../../../operator/api/types.ts";
import type { CommandResult } from "../../../operator/cli/command.ts";
import { runExport } from "../../../operator/export/command.ts";
import { awsEnvironment } from "../support/process/operator.ts";
import { kubectl } from "../support/world/kubectl.ts";
import type { World } from "../support/world/world.ts";

/** Runs the subcommand in this process, as the account's administrator. */
export function exportBucket(world: World, bucketName: string, ...flags: string[]): Promise<CommandResult> {
  Object.assign(process.env, awsEnvironment(world));
  return runExport([`--bucket=${bucketName}`, "--s3-force-path-style", ...flags], {}, "test");
}

export async function exported(world: World, bucketName: string, ...flags: string[]) {
  const { exitCode, stdout, stderr } = await exportBucket(world, bucketName, ...flags);
  expect(exitCode, stderr).toBe(0);
  return { manifest: load(stdout) as S3Bucket, comments: commentsOf(stdout), stdout, stderr };
}

function commentsOf(text: string): string[] {
  return text.split("\n").filter((line) => line.startsWith("#"));
}

/**
 * Applies the output of exports with kubectl, after a strict dry run. It is unchanged except for fields that separate
 * the tests.
 */
export async function applyManifests(world: World, texts: readonly string[]): Promise<void> {
  const label = world.selector.replace("=", ": ");
  const marked = texts.map((text) =>
    text
      .replace(/^metadata:$/m, `metadata:\n  labels: { ${label} }`)
      .replace(/^spec:$/m, `spec:\n  accountRef: { name: ${world.name} }`),
  );
  const folder = await mkdtemp(join(tmpdir(), "s3-operator-export-"));
  try {
    const file = join(folder, "manifests.yaml");
    await writeFile(file, marked.join("---\n"));
    for (const more of [["--dry-run=server"], []]) {
      const { code, stderr } = await kubectl(world, "apply", "--server-side", "--validate=strict", "-f", file, ...more);
      expect(code, stderr).toBe(0);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}
