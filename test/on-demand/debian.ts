/** Finds programs of Debian's packages, and installs a missing one where this user may. */
import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { runCommand } from "../controlplane/command.ts";
import { tail, withProgress } from "../controlplane/progress.ts";

/**
 * The path of a program in PATH, or in other folders where its package installs it. Throws an error that says how to
 * install the package.
 */
export async function findDebianProgram(
  program: string,
  debianPackage = program,
  otherFolders: () => Promise<readonly string[]> = async () => [],
): Promise<string> {
  const found = await findProgram(program, await otherFolders());
  if (found !== undefined) return found;
  const advice = `${program} is missing. Install it: sudo apt-get install ${debianPackage}`;
  if (process.getuid?.() !== 0 || (await findProgram("apt-get")) === undefined) throw new Error(advice);
  const log = (line: string) => process.stderr.write(`${line}\n`);
  await withProgress(log, `Installing ${debianPackage}: only once`, () => install(debianPackage, advice));
  const installed = await findProgram(program, await otherFolders());
  if (installed === undefined) throw new Error(`The package ${debianPackage} contains no ${program}`);
  return installed;
}

async function findProgram(program: string, otherFolders: readonly string[] = []): Promise<string | undefined> {
  for (const folder of [...(process.env["PATH"] ?? "").split(delimiter), ...otherFolders]) {
    const path = join(folder, program);
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  return undefined;
}

async function install(debianPackage: string, advice: string): Promise<void> {
  const environment = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  for (const args of [["update"], ["install", "--yes", "--no-install-recommends", debianPackage]]) {
    const { code, stderr } = await runCommand("apt-get", args, { environment });
    if (code !== 0) throw new Error(`${advice}\napt-get ${args.join(" ")} failed:\n${tail(stderr)}`);
  }
}
