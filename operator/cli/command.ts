/** A subcommand of the operator's program, such as `export`: it looks, says what it found, and ends. */

/** What a command has to say when it is over. */
export interface CommandResult {
  /** 2: a flag is wrong. The others are the command's own, 0 being what was hoped for. */
  exitCode: 0 | 1 | 2 | 3;
  stdout: string;
  stderr: string;
}

export type Command = (
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  version: string,
) => Promise<CommandResult>;

export function printed(stdout: string): CommandResult {
  return { exitCode: 0, stdout, stderr: "" };
}

export function failedWith(exitCode: 1 | 2, { message }: Error): CommandResult {
  return { exitCode, stdout: "", stderr: warning(message) };
}

export function warning(message: string): string {
  return `s3-operator: ${message}\n`;
}

/** Ends the process, when all is printed: a pipe may take its time. */
export async function runCommand(command: Command, argv: readonly string[], version: string): Promise<never> {
  const { exitCode, stdout, stderr } = await command(argv, process.env, version);
  for (const [stream, text] of [
    [process.stderr, stderr],
    [process.stdout, stdout],
  ] as const) {
    await new Promise((resolve) => stream.write(text, resolve));
  }
  process.exit(exitCode);
}
