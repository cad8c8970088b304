/** Runs a command to its end. */
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";

export interface CommandResult {
  /** Exit code; null when a signal ended the command. */
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface CommandOptions {
  environment?: NodeJS.ProcessEnv;
  /** Text for stdin; none by default. */
  input?: string;
}

/** Rejects only when the command cannot be started, for example with ENOENT when it is not in PATH. */
export async function runCommand(
  command: string,
  args: readonly string[],
  { environment = process.env, input = "" }: CommandOptions = {},
): Promise<CommandResult> {
  const child = spawn(command, args, { env: environment });
  const closed = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject).once("close", resolve);
  });
  // When a command ends without reading its input, its exit code counts, not the broken pipe.
  child.stdin.on("error", () => undefined).end(input);
  const [code, stdout, stderr] = await Promise.all([closed, text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr };
}
