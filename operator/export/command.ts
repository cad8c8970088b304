import { type CommandResult, failedWith, printed, warning } from "../cli/command.ts";
import { ConfigError } from "../cli/flags.ts";
import { SETTINGS } from "../bucket/settings/index.ts";
import { manifestOf } from "./manifest.ts";
import { exportHelpText, parseOptions } from "./options.ts";
import { ExportError, readBucket } from "./read.ts";
import { declareBucket } from "./spec.ts";

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
      length === 0 ? "" : warning(`the comments at the manifest's top say what it leaves alone (${length})`);
    return { ...printed(manifestOf(options, bucket, declared)), stderr };
  } catch (error) {
    if (error instanceof ConfigError) return failedWith(2, error);
    if (error instanceof ExportError) return failedWith(1, error);
    throw error;
  }
}
