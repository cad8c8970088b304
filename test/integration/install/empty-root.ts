import { spawn } from "node:child_process";
import { chmod, copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { runCommand } from "../../controlplane/command.ts";

/** A root folder with only Node and its dependencies, as in a distroless image. Disposing removes it. */
export interface EmptyRoot extends AsyncDisposable {
  path: string;
  /** The path of a file in the folder, as a command that runs there sees it. */
  inside: (path: string) => string;
  /** Starts a command that sees only the folder. Disposing ends it. */
  start: (command: readonly string[], environment: Record<string, string>) => RunningCommand;
}

export interface RunningCommand extends AsyncDisposable {
  /** The whole output, once the command has ended. */
  output: Promise<string>;
  exitCode: Promise<number | null>;
}

/** `node`: the path of Node in that root. Linux only. */
export async function emptyRoot(node: string): Promise<EmptyRoot> {
  const path = await mkdtemp(join(tmpdir(), "empty-root-"));
  await chmod(path, 0o755);
  for (const library of await librariesOf(process.execPath)) await put(library, join(path, library));
  await put(process.execPath, join(path, node));
  const confinement = await confinedTo(path);
  return {
    path,
    inside: (file) => (confinement.length > 0 ? file : join(path, file)),
    start: (command, environment) => start([...confinement, ...command], environment, path),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}

async function put(source: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  await copyFile(source, target);
}

/** The loader and the shared libraries, by the paths at which the program looks them up. */
async function librariesOf(program: string): Promise<string[]> {
  const { stdout } = await runCommand("ldd", [program]);
  return [...stdout.matchAll(/(\/\S+) \(0x/g)].map(([, path = ""]) => path);
}

/**
 * The command that confines another one to the folder: chroot with the image's user for root, else a user namespace.
 * Where neither is allowed, none: then only the environment and the working folder are separate.
 */
async function confinedTo(path: string): Promise<string[]> {
  if (process.getuid?.() === 0) return ["chroot", "--userspec=65532:65532", path];
  const namespace = ["--user", "--map-root-user"];
  const { code } = await runCommand("unshare", [...namespace, "true"]);
  return code === 0 ? ["unshare", ...namespace, "chroot", path] : [];
}

function start(
  [command = "", ...args]: readonly string[],
  environment: Record<string, string>,
  cwd: string,
): RunningCommand {
  // chroot itself is found by PATH.
  const child = spawn(command, args, { env: { PATH: process.env["PATH"], ...environment }, cwd });
  const exitCode = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject).once("close", resolve);
  });
  const output = Promise.all([text(child.stdout), text(child.stderr)]).then((streams) => streams.join(""));
  return {
    output,
    exitCode,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await exitCode;
    },
  };
}
