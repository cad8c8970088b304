/** Servers that run beside a test. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { waitUntil } from "../controlplane/readiness.ts";

export interface Server extends AsyncDisposable {
  /** What it wrote so far, to both streams. */
  output: () => string;
}

export interface ServerOptions {
  environment?: NodeJS.ProcessEnv;
  /** Default: that of this process. */
  cwd?: string;
  /** Answers with success as soon as the server is ready. */
  url: string;
}

/** Resolves when the server is ready. Throws an error with its output if it ends before. */
export async function startServer(
  program: string,
  args: readonly string[],
  { environment = process.env, cwd, url }: ServerOptions,
): Promise<Server> {
  const child = spawn(program, args, { env: environment, cwd, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  let hasEnded = false;
  const ended = once(child, "close").finally(() => {
    hasEnded = true;
  });
  await waitUntil(
    program,
    () => answers(url),
    async () => (hasEnded ? `${program} ended: ${output}` : undefined),
  );
  return {
    output: () => output,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}
