import { ConfigError, type Environment } from "./flags.ts";

export interface CommandResult {
  /** 2: a flag is invalid. The command defines the others; 0 is success. */
  exitCode: 0 | 1 | 2 | 3;
  stdout: string;
  stderr: string;
}

/** A subcommand such as `export`: reads, prints, exits. */
export type Command = (argv: readonly string[], env: Environment, version: string) => Promise<CommandResult>;

export interface Subcommand<Options extends object> {
  parseOptions: (argv: readonly string[], env: Environment) => Options | "help" | "version";
  helpText: () => string;
  run: (options: Options, userAgent: string) => Promise<CommandResult>;
  /** Errors with a message for the user: printed without a stack, with exit code 1. */
  expected: readonly (new (message: string) => Error)[];
}

export function subcommand<Options extends object>(given: Subcommand<Options>): Command {
  return async (argv, env, version) => {
    try {
      const options = given.parseOptions(argv, env);
      if (options === "help") return printed(given.helpText());
      if (options === "version") return printed(`${version}\n`);
      return await given.run(options, `s3-operator/${version}`);
    } catch (error) {
      if (error instanceof ConfigError) return failedWith(2, error);
      if (given.expected.some((kind) => error instanceof kind)) return failedWith(1, error as Error);
      throw error;
    }
  };
}

export function printed(stdout: string): CommandResult {
  return { exitCode: 0, stdout, stderr: "" };
}

function failedWith(exitCode: 1 | 2, { message }: Error): CommandResult {
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
