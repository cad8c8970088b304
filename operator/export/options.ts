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
  bucket: flag("bucket", bucketName, "", "The bucket to export. Required."),
  region: flag("region", region, "", "Where the bucket must be. Default: wherever it is."),
  name: flag("name", optionalDnsLabel, "", "Of the S3Bucket. Default: the bucket's name, its dots as dashes."),
  namespace: flag("namespace", optionalDnsLabel, "", "Of the S3Bucket. Default: none, so that kubectl's counts."),
  s3ForcePathStyle: flag(
    "s3-force-path-style",
    boolean,
    "false",
    "Names buckets in the path and not in the host name, for S3-compatible stores.",
  ),
};

/** Which bucket is to be exported, and as what. */
export interface ExportOptions {
  bucket: string;
  /** Undefined: wherever it is. */
  region: string | undefined;
  /** Of the S3Bucket. */
  name: string;
  namespace: string | undefined;
  s3ForcePathStyle: boolean;
}

/**
 * "help", "version", or what to export.
 * @throws ConfigError
 */
export function parseOptions(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ExportOptions | "help" | "version" {
  const { action, settings } = parseFlags(FLAGS, argv, env);
  if (action !== "run") return action;
  const { bucket, name, ...rest } = settings;
  if (bucket === undefined) throw new ConfigError("--bucket is missing: which bucket is to be exported?");
  // Without dots it also serves as a label.
  return { ...rest, bucket, name: name ?? bucket.replaceAll(".", "-") };
}

/** What `export --help` prints. */
export function exportHelpText(): string {
  return [
    "Prints a bucket as it is at AWS, as an S3Bucket that adopts it and changes nothing. Writes nothing, and needs no Kubernetes.",
    "",
    "Usage: s3-operator export --bucket NAME [flags]",
    "",
    ...describeFlags(FLAGS),
    "",
    "Exit codes: 0, printed; 1, AWS does not let it be read; 2, a flag is wrong.",
    "",
  ].join("\n");
}
