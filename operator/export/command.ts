import { type CommandResult, printed, subcommand, warning } from "../cli/command.ts";
import { SETTINGS } from "../bucket/settings/index.ts";
import { manifestOf } from "./manifest.ts";
import { exportHelpText, type ExportOptions, parseOptions } from "./options.ts";
import { ExportError, readBucket } from "./read.ts";
import { declareBucket } from "./spec.ts";

/** `s3-operator export`: prints a bucket as an S3Bucket. Only reads AWS. */
export const runExport = subcommand({
  parseOptions,
  helpText: exportHelpText,
  run: exportBucket,
  expected: [ExportError],
});

async function exportBucket(options: ExportOptions, userAgent: string): Promise<CommandResult> {
  const { bucket, observations } = await readBucket(options, userAgent);
  const declared = declareBucket(SETTINGS, observations, bucket);
  const { length } = declared.notes;
  const stderr = length === 0 ? "" : warning(`the comments at the manifest's top say what it leaves alone (${length})`);
  return { ...printed(manifestOf(options, bucket, declared)), stderr };
}
