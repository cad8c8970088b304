/** Installs the Python packages of a command, once, into the project's cache. */
import { createHash } from "node:crypto";
import { access, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { cacheDirectory } from "../controlplane/cache.ts";
import { runCommand } from "../controlplane/command.ts";
import { withLock } from "../controlplane/lock.ts";
import { messageOf, tail, withProgress } from "../controlplane/progress.ts";

/**
 * The folder of the programs of test/<command>/requirements.txt: bin/ of a virtual environment
 * (https://docs.python.org/3/library/venv.html). Throws an error that says what failed, and what to do.
 */
export async function findPythonPrograms(
  command: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const requirements = join(import.meta.dirname, "..", command, "requirements.txt");
  const hash = createHash("sha256").update(await readFile(requirements));
  const tools = join(dirname(dirname(cacheDirectory(environment))), "tools");
  const folder = join(tools, `python-${hash.digest("hex").slice(0, 12)}`);
  const complete = join(folder, "complete");
  await mkdir(tools, { recursive: true });
  const log = (line: string) => process.stderr.write(`${line}\n`);
  await withLock(`${folder}.lock`, log, async () => {
    if (await isThere(complete)) return;
    // A virtual environment contains its own path, so it cannot be renamed into place.
    await rm(folder, { recursive: true, force: true });
    await withProgress(log, "Installing Python packages: only once", () => install(requirements, folder, environment));
    await writeFile(complete, "");
  });
  return join(folder, "bin");
}

async function install(requirements: string, folder: string, environment: NodeJS.ProcessEnv): Promise<void> {
  try {
    await run("python3", ["-m", "venv", folder], environment);
  } catch (error) {
    throw new Error(`No Python packages for tests. Install Python 3.11 or later, with venv. ${messageOf(error)}`, {
      cause: error,
    });
  }
  await run(
    join(folder, "bin", "pip"),
    ["install", "--quiet", "--disable-pip-version-check", "-r", requirements],
    environment,
  );
}

async function run(command: string, args: readonly string[], environment: NodeJS.ProcessEnv): Promise<void> {
  const { code, stdout, stderr } = await runCommand(command, args, { environment });
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} failed:\n${tail(stdout + stderr)}`);
}

async function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
