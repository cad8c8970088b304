/** Finds the tools of tools.ts, and builds missing ones from Go modules, once, into the project's cache. */
import { createHash } from "node:crypto";
import { access, constants, mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { cacheDirectory } from "../controlplane/cache.ts";
import { runCommand } from "../controlplane/command.ts";
import { withLock } from "../controlplane/lock.ts";
import { tail, withProgress } from "../controlplane/progress.ts";
import type { Log } from "../controlplane/source.ts";
import { moduleFolder, patchedModfile } from "./modules.ts";
import { buildTags, folderOf, linkerFlags, patchesOf, patchesText, tools, type Tool, type ToolName } from "./tools.ts";

export interface FindToolOptions {
  /** Called with the progress of a build, which takes minutes. Default: stderr. */
  log?: Log;
  environment?: NodeJS.ProcessEnv;
}

/**
 * The path of a tool: the value of TEST_ASSET_<NAME>, or the file in the cache, which is built when missing. Throws an
 * error that says what failed, and what to do.
 */
export async function findTool(
  name: ToolName,
  { log = (line) => process.stderr.write(`${line}\n`), environment = process.env }: FindToolOptions = {},
): Promise<string> {
  const built = await builtTool(name, environment);
  if (built !== undefined) return built;
  const file = await cachedFile(name, environment);
  await mkdir(dirname(file), { recursive: true });
  await withLock(`${file}.lock`, log, async () => {
    // The process that held the lock before may have built it.
    if (!(await isExecutable(file)))
      await withProgress(log, `Building ${name}: only once, takes minutes`, () => build(name, file, environment));
  });
  return file;
}

/** Finds a tool as {@link findTool} does, without a build. Undefined: it must be built first. */
export async function builtTool(name: ToolName, environment = process.env): Promise<string | undefined> {
  const variable = variableOf(name);
  const given = environment[variable];
  if (given) {
    if (await isExecutable(given)) return given;
    throw new Error(`${variable}=${given} is not a program`);
  }
  const file = await cachedFile(name, environment);
  return (await isExecutable(file)) ? file : undefined;
}

/** Named like the variables of envtest: TEST_ASSET_HELM4. */
function variableOf(name: ToolName): string {
  return `TEST_ASSET_${name.toUpperCase().replaceAll("-", "_")}`;
}

/** The hash of these sources and flags, so that another version has another name. */
async function cachedFile(name: ToolName, environment: NodeJS.ProcessEnv): Promise<string> {
  const folder = folderOf(name);
  const hash = createHash("sha256").update(linkerFlags(name)).update(buildTags(name)).update(patchesText(name));
  for (const source of (await readdir(folder)).sort()) hash.update(await readFile(join(folder, source)));
  const platform = cacheDirectory(environment);
  const directory = join(dirname(dirname(platform)), "tools");
  return join(directory, `${name}-${hash.digest("hex").slice(0, 12)}-${process.platform}-${process.arch}`);
}

/** Builds to a temporary file and renames it. Call it under the lock; the owner removes files of killed builds. */
async function build(name: ToolName, file: string, environment: NodeJS.ProcessEnv): Promise<void> {
  const siblings = await readdir(dirname(file));
  const leftovers = siblings.filter((sibling) => sibling.startsWith(`${name}-`) && sibling.includes(".temporary-"));
  for (const leftover of leftovers) await rm(join(dirname(file), leftover), { recursive: true, force: true });
  const temporary = await mkdtemp(`${file}.temporary-`);
  try {
    const built = join(temporary, name);
    const flags = ["-trimpath", "-mod=readonly", "-buildvcs=false", "-ldflags", linkerFlags(name)];
    flags.push("-tags", buildTags(name));
    if (patchesOf(name).length > 0) flags.push("-modfile", await modfile(name, temporary, environment));
    const args = ["build", "-C", folderOf(name), ...flags, "-o", built, tools[name].goPackage];
    // The user's workspace and settings for cross-compiling must not affect these programs.
    const forGo = { ...environment, CGO_ENABLED: "0", GOWORK: "off", GOOS: "", GOARCH: "" };
    const { code, stderr } = await runCommand("go", args, { environment: forGo });
    if (code !== 0) throw new Error(`go build of ${name} failed:\n${tail(stderr)}`);
    await rename(built, file);
  } catch (error) {
    throw new Error(`No ${name} for tests. Install Go, or set ${variableOf(name)} to the path of one.`, {
      cause: error,
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function modfile(name: ToolName, folder: string, environment: NodeJS.ProcessEnv): Promise<string> {
  const { module = "" }: Tool = tools[name];
  const tool = folderOf(name);
  const sources = await moduleFolder(tool, module, environment);
  return patchedModfile(folder, { tool, module, sources, patches: patchesOf(name) });
}

function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
