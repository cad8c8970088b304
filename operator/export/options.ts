import { ConfigError, describeFlags, flag, parseFlags } from "../cli/flags.ts";
import { boolean, type Format, optionalDnsLabel } from "../cli/formats.ts";
import { isBucketName } from "../bucket/naming.ts";

const bucketName: Format<string | undefined> = {
  placeholder: "NAME",
  expects: "the name of a general purpose bucket, of 3 to 63 lower-case letters, digits, dots and dashes",
  parse: (text) => (text === "" ? { value: undefined } : isBucketName(text) ? { value: text } : undefined),
};

const region: Format<string | undefined> = {
  placeholder: "REGION",
  expects: "an AWS region, such as eu-central-1",
  parse: (text) => {
    if (text === "") return { value: undefined };
    return /^[a-z]{2,4}(?:-[a-z]+)+-\d+$/.test(text) ? { value: text } : undefined;
  },
};

const FLAGS = {
  bucket: flag("bucket", bucketName, "", "Bucket to export. Required."),
  region: flag("region", region, "", "Region that the bucket must be in. Default: any."),
  name: flag("name", optionalDnsLabel, "", "Name of the S3Bucket. Default: the bucket's name with dashes for dots."),
  namespace: flag(
    "namespace",
    optionalDnsLabel,
    "",
    "Namespace of the S3Bucket. Default: none, so that kubectl decides.",
  ),
  s3ForcePathStyle: flag(
    "s3-force-path-style",
    boolean,
    "false",
    "Address buckets by path and not by host name, for S3-compatible stores.",
  ),
};

export interface ExportOptions {
  bucket: string;
  /** Undefined: the region of the bucket. */
  region: string | undefined;
  /** Of the S3Bucket. */
  name: string;
  namespace: string | undefined;
  s3ForcePathStyle: boolean;
}

/** @throws ConfigError */
export function parseExportOptions(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ExportOptions | "help" | "version" {
  const { action, settings } = parseFlags(FLAGS, argv, env);
  if (action !== "run") return action;
  const { bucket, name, ...rest } = settings;
  if (bucket === undefined) throw new ConfigError("--bucket is missing: name the bucket to export");
  // A name without dots is also a valid label.
  return { ...rest, bucket, name: name ?? bucket.replaceAll(".", "-") };
}

export function exportHelpText(): string {
  return [
    "Prints a bucket as an S3Bucket that adopts it and changes nothing. Only reads, and does not need Kubernetes.",
    "",
    "Usage: s3-operator export --bucket NAME [flags]",
    "",
    ...describeFlags(FLAGS),
    "",
    "Exit codes: 0, printed; 1, the bucket cannot be read; 2, a flag is wrong.",
    "",
  ].join("\n");
}
