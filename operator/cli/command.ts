import { OutcomeError } from "../kube/outcome.ts";
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
  /** @throws ConfigError */
  parse: (argv: readonly string[], env: Environment) => Options | "help" | "version";
  help: () => string;
  run: (options: Options, userAgent: string) => Promise<CommandResult>;
}

/** The command cannot do its work. The message tells the user why and what to do; it is printed without a stack. */
export class CommandError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "CommandError";
  }
}

export function subcommand<Options extends object>({ parse, help, run }: Subcommand<Options>): Command {
  return async (argv, env, version) => {
    try {
      const options = parse(argv, env);
      if (options === "help") return printed(help());
      if (options === "version") return printed(`${version}\n`);
      return await run(options, `s3-operator/${version}`);
    } catch (error) {
      if (error instanceof ConfigError) return failedWith(2, error);
      if (error instanceof CommandError || error instanceof OutcomeError) return failedWith(1, error);
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

/** Exits the process after all output is written, which a pipe can delay. */
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
