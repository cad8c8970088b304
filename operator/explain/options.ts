import { ConfigError, describeFlags, flag, parseFlags } from "../cli/flags.ts";
import { boolean, type Format, path } from "../cli/formats.ts";
import type { ObjectKey } from "../kube/object.ts";
import { isOnObjects } from "./question.ts";

/** Undefined where the flag is not given. */
function optional(placeholder: string, form: RegExp, expects: string): Format<string | undefined> {
  const parse = (text: string) => {
    if (text === "") return { value: undefined };
    return form.test(text) ? { value: text } : undefined;
  };
  return { placeholder, expects, parse };
}

const ANYTHING = /^/;
const ACCESS = optional("NAMESPACE/NAME", /^[a-z0-9-]+\/[a-z0-9.-]+$/, "NAMESPACE/NAME of a BucketAccess");
const ACTION = optional("ACTION", /^s3:[A-Za-z]+$/, "an IAM action of S3, such as s3:GetObject");
const ENDPOINT = optional("ID", /^(vpce-[0-9a-f]+|none)$/, "the id of a VPC endpoint, or none");

const FLAGS = {
  access: flag("bucketaccess", ACCESS, "", "BucketAccess to explain. Required."),
  action: flag("action", ACTION, "", "IAM action of S3. Required."),
  key: flag("key", optional("KEY", ANYTHING, "a key"), "", "Key of the object. Required for actions on objects."),
  prefix: flag(
    "prefix",
    optional("PREFIX", ANYTHING, "a prefix"),
    "",
    "Prefix of an s3:ListBucket request. Default: none.",
  ),
  principal: flag("principal", optional("ARN", ANYTHING, "an ARN"), "", "Role, if the BucketAccess has several."),
  vpcEndpoint: flag("vpc-endpoint", ENDPOINT, "", "VPC endpoint of the request, or none. Default: unknown."),
  kubeconfig: flag(
    "kubeconfig",
    path,
    "",
    "Kubeconfig file. Default: KUBECONFIG, ~/.kube/config, or the Pod's ServiceAccount.",
  ),
  s3ForcePathStyle: flag(
    "s3-force-path-style",
    boolean,
    "false",
    "Address buckets by path and not by host name, for S3-compatible stores.",
  ),
};

export interface ExplainOptions {
  access: Required<ObjectKey>;
  action: string;
  key: string | undefined;
  prefix: string | undefined;
  /** Undefined: the BucketAccess has only one. */
  principal: string | undefined;
  vpcEndpoint: string | undefined;
  kubeconfig: string | undefined;
  s3ForcePathStyle: boolean;
}

/** @throws ConfigError */
export function parseExplainOptions(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ExplainOptions | "help" | "version" {
  const { action: mode, settings } = parseFlags(FLAGS, argv, env);
  if (mode !== "run") return mode;
  const { access, action, ...rest } = settings;
  if (access === undefined) throw new ConfigError(`--bucketaccess is missing: ${ACCESS.expects}`);
  if (action === undefined) throw new ConfigError(`--action is missing: ${ACTION.expects}`);
  checkPlace(action, rest.key, rest.prefix);
  const [namespace = "", name = ""] = access.split("/");
  return { ...rest, action, access: { namespace, name } };
}

function checkPlace(action: string, key: string | undefined, prefix: string | undefined): void {
  if (isOnObjects(action)) {
    if (key === undefined) throw new ConfigError(`--key is missing: ${action} is about an object`);
    if (prefix !== undefined)
      throw new ConfigError(`--prefix is for lists, and ${action} is about an object: use --key`);
  } else if (key !== undefined) {
    throw new ConfigError(
      `--key is for objects, and ${action} is about a bucket: use --prefix for a list with a prefix`,
    );
  }
}

export function explainHelpText(): string {
  return [
    "Tells whether a BucketAccess allows an action on its bucket, and if not, which layer denies it. Only reads.",
    "",
    "Usage: s3-operator explain --bucketaccess NAMESPACE/NAME --action s3:GetObject --key KEY [flags]",
    "",
    ...describeFlags(FLAGS),
    "",
    "Exit codes: 0, allowed; 3, denied; 1, cannot tell; 2, a flag is wrong.",
    "",
  ].join("\n");
}
