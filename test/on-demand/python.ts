/** Installs the Python packages of a command, once, into the project's cache. */
import { createHash } from "node:crypto";
import { access, glob, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { cacheDirectory } from "../controlplane/cache.ts";
import { runCommand } from "../controlplane/command.ts";
import { withLock } from "../controlplane/lock.ts";
import { messageOf, tail, withProgress } from "../controlplane/progress.ts";

/** The minor version of Python 3 of Debian 12. */
const DEBIAN_MINOR = 11;
const NEWEST_MINOR = 14;

/**
 * The folder of the programs of test/<command>/requirements.txt: bin/ of a virtual environment
 * (https://docs.python.org/3/library/venv.html). Throws an error that says what failed, and what to do.
 * @param oldestMinor 12 for Python 3.12 or later
 */
export async function findPythonPrograms(
  command: string,
  environment: NodeJS.ProcessEnv = process.env,
  oldestMinor = DEBIAN_MINOR,
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
    await withProgress(log, "Installing Python packages: only once", () =>
      install(requirements, folder, environment, oldestMinor),
    );
    await writeFile(complete, "");
  });
  return join(folder, "bin");
}

async function install(
  requirements: string,
  folder: string,
  environment: NodeJS.ProcessEnv,
  oldestMinor: number,
): Promise<void> {
  try {
    await run(await findPython(environment, oldestMinor), ["-m", "venv", folder], environment);
  } catch (error) {
    const advice = `Install Python 3.${oldestMinor} or later, with venv: as python3, as python3.${NEWEST_MINOR}, or by pyenv.`;
    throw new Error(`No Python packages for tests. ${advice} ${messageOf(error)}`, { cause: error });
  }
  await run(
    join(folder, "bin", "pip"),
    ["install", "--quiet", "--disable-pip-version-check", "-r", requirements],
    environment,
  );
}

/** The first interpreter that is new enough: python3, one with its version in the name, one of pyenv. */
async function findPython(environment: NodeJS.ProcessEnv, oldestMinor: number): Promise<string> {
  const minors = Array.from({ length: NEWEST_MINOR - oldestMinor + 1 }, (_, index) => NEWEST_MINOR - index);
  const programs = ["python3", ...minors.map((minor) => `python3.${minor}`)];
  const pyenv = environment["PYENV_ROOT"];
  if (pyenv !== undefined) {
    for await (const program of glob(join(pyenv, "versions/*/bin/python3"))) programs.push(program);
  }
  const test = `import sys; sys.exit(sys.version_info < (3, ${oldestMinor}))`;
  for (const program of programs) {
    const isNewEnough = await run(program, ["-c", test], environment).then(
      () => true,
      () => false,
    );
    if (isNewEnough) return program;
  }
  throw new Error(`None of ${programs.join(", ")} is new enough.`);
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
