import { ConfigError, describeFlags, flag, parseFlags } from "../cli/flags.ts";
import { boolean, type Format, path } from "../cli/formats.ts";
import type { ObjectKey } from "../kube/object.ts";
import { isOnObjects } from "./question.ts";

/** Text of one form; undefined where the flag is not given. */
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
  access: flag("bucketaccess", ACCESS, "", "The BucketAccess. Required."),
  action: flag("action", ACTION, "", "The IAM action of S3. Required."),
  key: flag("key", optional("KEY", ANYTHING, "a key"), "", "The object's key. Required for actions on objects."),
  prefix: flag("prefix", optional("PREFIX", ANYTHING, "a prefix"), "", "What s3:ListBucket asks for. Default: none."),
  principal: flag("principal", optional("ARN", ANYTHING, "an ARN"), "", "The role, of a BucketAccess with several."),
  vpcEndpoint: flag("vpc-endpoint", ENDPOINT, "", "Through which the request comes, or none. Default: not known."),
  kubeconfig: flag(
    "kubeconfig",
    path,
    "",
    "How to reach the API server. Default: KUBECONFIG, ~/.kube/config, or the cluster it runs in.",
  ),
  s3ForcePathStyle: flag(
    "s3-force-path-style",
    boolean,
    "false",
    "Names buckets in the path and not in the host name, for S3-compatible stores.",
  ),
};

/** What is to be explained, and where to look. */
export interface ExplainOptions {
  access: Required<ObjectKey>;
  action: string;
  key: string | undefined;
  prefix: string | undefined;
  /** Undefined: the only one there is. */
  principal: string | undefined;
  vpcEndpoint: string | undefined;
  kubeconfig: string | undefined;
  s3ForcePathStyle: boolean;
}

/**
 * "help", "version", or what is asked.
 * @throws ConfigError
 */
export function parseOptions(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ExplainOptions | "help" | "version" {
  const { action: wanted, settings } = parseFlags(FLAGS, argv, env);
  if (wanted !== "run") return wanted;
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
      `--key is for objects, and ${action} is about a bucket: use --prefix, if it is a list with one`,
    );
  }
}

/** What `explain --help` prints. */
export function explainHelpText(): string {
  return [
    "Says whether a BucketAccess lets somebody do something with its bucket, and if not, which layer blocks it. Writes nothing.",
    "",
    "Usage: s3-operator explain --bucketaccess NAMESPACE/NAME --action s3:GetObject --key KEY [flags]",
    "",
    ...describeFlags(FLAGS),
    "",
    "Exit codes: 0, allowed; 3, denied; 1, it cannot be told; 2, a flag is wrong.",
    "",
  ].join("\n");
}
