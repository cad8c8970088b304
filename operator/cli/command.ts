export interface CommandResult {
  /** 2: a flag is invalid. The command defines the others; 0 is success. */
  exitCode: 0 | 1 | 2 | 3;
  stdout: string;
  stderr: string;
}

/** A subcommand such as `export`: reads, prints, exits. */
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

/** Exits when all output is written: a pipe may be slow. */
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
