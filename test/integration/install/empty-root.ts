import { spawn } from "node:child_process";
import { chmod, copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { runCommand } from "../../controlplane/command.ts";

/** A root folder with nothing but Node and what Node needs, as in a distroless image. Disposing removes it. */
export interface EmptyRoot extends AsyncDisposable {
  path: string;
  /** What a command that is started there has to call a path of the folder. */
  inside: (path: string) => string;
  /** Starts a command to which the folder is all there is. Disposing ends it. */
  start: (command: readonly string[], environment: Record<string, string>) => RunningCommand;
}

export interface RunningCommand extends AsyncDisposable {
  /** All that it printed, once it has ended. */
  output: Promise<string>;
  exitCode: Promise<number | null>;
}

/** `node`: where Node is to be, from that root. Linux only. */
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

/** The loader and the shared libraries, by the paths at which the program looks for them. */
async function librariesOf(program: string): Promise<string[]> {
  const { stdout } = await runCommand("ldd", [program]);
  return [...stdout.matchAll(/(\/\S+) \(0x/g)].map(([, path = ""]) => path);
}

/**
 * The command before which another one sees only the folder: for root with the image's user, else in a user namespace. Where neither is
 * allowed, no command: what is started has an environment and a working folder of its own, and no more than that.
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
