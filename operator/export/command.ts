import { SETTINGS } from "../bucket/settings/index.ts";
import { printed, subcommand, warning, type CommandResult } from "../cli/command.ts";
import { manifestOf } from "./manifest.ts";
import { exportHelpText, parseExportOptions, type ExportOptions } from "./options.ts";
import { readBucket } from "./read.ts";
import { declareBucket } from "./spec.ts";

/** `s3-operator export`: prints a bucket as an S3Bucket. Only reads. */
export const runExport = subcommand({ help: exportHelpText, parse: parseExportOptions, run: exportBucket });

async function exportBucket(options: ExportOptions, userAgent: string): Promise<CommandResult> {
  const { bucket, observations } = await readBucket(options, userAgent);
  const { SPEC_CHECKS } = await import("../api/generated/s3bucket-checks.ts");
  const declared = declareBucket(SETTINGS, observations, bucket, SPEC_CHECKS);
  const { length } = declared.notes;
  const stderr = length === 0 ? "" : warning(`comments at the top of the manifest list what it leaves out (${length})`);
  return { ...printed(manifestOf(options, bucket, declared)), stderr };
}
