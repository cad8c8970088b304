/** Finds the tools of tools.ts, and builds those that are missing from Go modules, once, into the project's cache. */
import { createHash } from "node:crypto";
import { access, constants, mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { cacheDirectory } from "../controlplane/cache.ts";
import { runCommand } from "../controlplane/command.ts";
import { withLock } from "../controlplane/lock.ts";
import { tail, withProgress } from "../controlplane/progress.ts";
import type { Log } from "../controlplane/way.ts";
import { buildTags, folderOf, linkerFlags, type ToolName, tools } from "./tools.ts";

export interface FindToolOptions {
  /** Told how far a build is, which takes minutes. Default: stderr. */
  log?: Log;
  environment?: NodeJS.ProcessEnv;
}

/**
 * The path of a tool: what TEST_ASSET_<NAME> names, or the cache's, which is built when it is not there yet.
 * Throws an error that says what failed, and what to do.
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
      await withProgress(log, `Building ${name}: once, for minutes`, () => build(name, file, environment));
  });
  return file;
}

/** The path of a tool as {@link findTool} gives it; undefined when it has to be built first. */
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

/** As with envtest's variables: TEST_ASSET_HELM4. */
function variableOf(name: ToolName): string {
  return `TEST_ASSET_${name.toUpperCase()}`;
}

/** Of these sources and flags: another version has another name. */
async function cachedFile(name: ToolName, environment: NodeJS.ProcessEnv): Promise<string> {
  const folder = folderOf(name);
  const hash = createHash("sha256").update(linkerFlags(name)).update(buildTags(name));
  for (const source of (await readdir(folder)).sort()) hash.update(await readFile(join(folder, source)));
  const platform = cacheDirectory(environment);
  const directory = join(dirname(dirname(platform)), "tools");
  return join(directory, `${name}-${hash.digest("hex").slice(0, 12)}-${process.platform}-${process.arch}`);
}

/** Whole into its place, by rename. To be called by one process at a time, which removes what killed ones have left. */
async function build(name: ToolName, file: string, environment: NodeJS.ProcessEnv): Promise<void> {
  const siblings = await readdir(dirname(file));
  const leftovers = siblings.filter((sibling) => sibling.startsWith(`${name}-`) && sibling.includes(".temporary-"));
  for (const leftover of leftovers) await rm(join(dirname(file), leftover), { recursive: true, force: true });
  const temporary = await mkdtemp(`${file}.temporary-`);
  try {
    const built = join(temporary, name);
    const flags = ["-trimpath", "-mod=readonly", "-buildvcs=false", "-ldflags", linkerFlags(name)];
    flags.push("-tags", buildTags(name));
    const args = ["build", "-C", folderOf(name), ...flags, "-o", built, tools[name].goPackage];
    // A user's workspace, or settings for cross-compiling, are not meant for these programs.
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

function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
