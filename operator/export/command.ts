import { ConfigError } from "../config-flags.ts";
import { SETTINGS } from "../bucket/settings/index.ts";
import { manifestOf } from "./manifest.ts";
import { exportHelpText, parseOptions } from "./options.ts";
import { ExportError, readBucket } from "./read.ts";
import { declareBucket } from "./spec.ts";

/** What a command has to say when it is over. */
export interface CommandResult {
  exitCode: 0 | 1 | 2;
  stdout: string;
  stderr: string;
}

/** `s3-operator export`: prints a bucket as an S3Bucket. Reads AWS, and writes nowhere. */
export async function runExport(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  version: string,
): Promise<CommandResult> {
  try {
    const options = parseOptions(argv, env);
    if (options === "help") return printed(exportHelpText());
    if (options === "version") return printed(`${version}\n`);
    const { bucket, observations } = await readBucket(options, `s3-operator/${version}`);
    const declared = declareBucket(SETTINGS, observations, bucket);
    const { length } = declared.notes;
    const stderr =
      length === 0 ? "" : problem(`the comments at the manifest's top say what it leaves alone (${length})`);
    return { ...printed(manifestOf(options, bucket, declared)), stderr };
  } catch (error) {
    if (error instanceof ConfigError) return { exitCode: 2, stdout: "", stderr: problem(error.message) };
    if (error instanceof ExportError) return { exitCode: 1, stdout: "", stderr: problem(error.message) };
    throw error;
  }
}

function printed(stdout: string): CommandResult {
  return { exitCode: 0, stdout, stderr: "" };
}

function problem(message: string): string {
  return `s3-operator: ${message}\n`;
}
