/** Sources of Go modules: where they are, and lines that a build adds to them. */
import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { runCommand } from "../controlplane/command.ts";
import { tail } from "../controlplane/progress.ts";

/** A line that a program needs to run in a test. */
export interface Patch {
  /** The path in the module. */
  file: string;
  /** The line before the new one. It must be in the file once. */
  after: string;
  add: string;
}

/** The folder of a module that `folder`/go.mod requires, in Go's own cache. */
export async function moduleFolder(folder: string, module: string, environment: NodeJS.ProcessEnv): Promise<string> {
  const args = ["-C", folder, "mod", "download", "-json", module];
  const { code, stdout, stderr } = await runCommand("go", args, { environment: { ...environment, GOWORK: "off" } });
  if (code !== 0) throw new Error(`go mod download of ${module} failed:\n${tail(stdout + stderr)}`);
  const { Dir } = JSON.parse(stdout) as { Dir: string };
  return Dir;
}

/**
 * Copies a module into `folder`, with the patches, and returns the value of go build's -modfile: the go.mod of `tool`
 * with
 * the copy in place of the module. -overlay does not replace files of Go's module cache.
 */
export async function patchedModfile(
  folder: string,
  { tool, module, sources, patches }: { tool: string; module: string; sources: string; patches: readonly Patch[] },
): Promise<string> {
  const copy = join(folder, "module");
  await copyFiles(sources, copy);
  for (const patch of patches) {
    const file = join(copy, patch.file);
    await writeFile(file, patchedText(await readFile(file, "utf8"), patch));
  }
  const modfile = join(folder, "go.mod");
  await writeFile(modfile, `${await readFile(join(tool, "go.mod"), "utf8")}\nreplace ${module} => ${copy}\n`);
  await copyFile(join(tool, "go.sum"), join(folder, "go.sum"));
  return modfile;
}

/** Without the modes: the module cache is read-only. */
async function copyFiles(from: string, to: string): Promise<void> {
  for (const entry of await readdir(from, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const source = join(entry.parentPath, entry.name);
    const target = join(to, relative(from, source));
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, await readFile(source));
  }
}

/** Throws an error if the line to follow is not there exactly once. */
export function patchedText(text: string, { file, after, add }: Patch): string {
  const lines = text.split("\n");
  const places = lines.flatMap((line, index) => (line.trim() === after ? [index + 1] : []));
  const [place] = places;
  if (place === undefined || places.length > 1) throw new Error(`${file} has ${places.length} lines '${after}'`);
  return lines.toSpliced(place, 0, add).join("\n");
}
