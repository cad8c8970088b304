import { isBucketName } from "../bucket/naming.ts";
import { ConfigError, describeFlags, flag, parseFlags, s3ForcePathStyleFlag, type Environment } from "../cli/flags.ts";
import { dnsLabel, matching, optional, type Format } from "../cli/formats.ts";

const bucketName: Format<string> = {
  placeholder: "NAME",
  expects: "the name of a general purpose bucket, of 3 to 63 lower-case letters, digits, dots and dashes",
  parse: (text) => (isBucketName(text) ? { value: text } : undefined),
};

const region = matching("REGION", /^[a-z]{2,4}(?:-[a-z]+)+-\d+$/, "an AWS region, such as eu-central-1");

const FLAGS = {
  bucket: flag("bucket", optional(bucketName), "", "The bucket to export. Required."),
  region: flag("region", optional(region), "", "Region that the bucket must be in. Default: any."),
  name: flag(
    "name",
    optional(dnsLabel),
    "",
    "Name of the S3Bucket. Default: the name of the bucket, with dashes instead of dots.",
  ),
  namespace: flag(
    "namespace",
    optional(dnsLabel),
    "",
    "Namespace of the S3Bucket. Default: none, so that kubectl apply uses its own.",
  ),
  s3ForcePathStyle: s3ForcePathStyleFlag,
};

export interface ExportOptions {
  bucket: string;
  /** Undefined: any region. */
  region: string | undefined;
  /** Name of the S3Bucket. */
  name: string;
  namespace: string | undefined;
  s3ForcePathStyle: boolean;
}

/** @throws ConfigError */
export function parseExportOptions(argv: readonly string[], env: Environment): ExportOptions | "help" | "version" {
  const { action, settings } = parseFlags(FLAGS, argv, env);
  if (action !== "run") return action;
  const { bucket, name, ...rest } = settings;
  if (bucket === undefined) throw new ConfigError("--bucket is required: the name of the bucket to export");
  // Without dots it also serves as a label.
  return { ...rest, bucket, name: name ?? bucket.replaceAll(".", "-") };
}

export function exportHelpText(): string {
  return [
    "Prints the manifest of an S3Bucket that adopts an existing bucket and changes nothing. Reads AWS only: writes nothing, and does not need Kubernetes.",
    "",
    "Usage: s3-operator export --bucket NAME [flags]",
    "",
    ...describeFlags(FLAGS),
    "",
    "Exit codes: 0: printed; 1: the bucket cannot be read; 2: a flag is invalid.",
    "",
  ].join("\n");
}
