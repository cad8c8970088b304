import { parseArgs } from "node:util";
import { ConfigError } from "../config.ts";
import type { ObjectKey } from "../kube/object.ts";
import { isOnObjects } from "./question.ts";

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

const TEXT = { type: "string" } as const;
const SWITCH = { type: "boolean" } as const;

/**
 * "help", "version", or what is asked.
 * @throws ConfigError
 */
export function parseOptions(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ExplainOptions | "help" | "version" {
  const values = parse(argv);
  if (values.help === true) return "help";
  if (values.version === true) return "version";
  const { principal, key, prefix } = values;
  const action = matching("--action", values.action, /^s3:[A-Za-z]+$/, "an IAM action of S3, such as s3:GetObject");
  const access = matching(
    "--bucketaccess",
    values.bucketaccess,
    /^[a-z0-9-]+\/[a-z0-9.-]+$/,
    "NAMESPACE/NAME of a BucketAccess",
  );
  const vpcEndpoint = values["vpc-endpoint"];
  if (vpcEndpoint !== undefined)
    matching("--vpc-endpoint", vpcEndpoint, /^(vpce-[0-9a-f]+|none)$/, "the id of a VPC endpoint, or none");
  checkPlace(action, key, prefix);
  const [namespace = "", name = ""] = access.split("/");
  return {
    access: { namespace, name },
    action,
    key,
    prefix,
    principal,
    vpcEndpoint,
    kubeconfig: values.kubeconfig ?? (env["S3_OPERATOR_KUBECONFIG"] || undefined),
    s3ForcePathStyle: values["s3-force-path-style"] ?? env["S3_OPERATOR_S3_FORCE_PATH_STYLE"] === "true",
  };
}

function parse(argv: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        bucketaccess: TEXT,
        action: TEXT,
        key: TEXT,
        prefix: TEXT,
        principal: TEXT,
        "vpc-endpoint": TEXT,
        kubeconfig: TEXT,
        "s3-force-path-style": SWITCH,
        help: { ...SWITCH, short: "h" },
        version: SWITCH,
      },
    });
    return values;
  } catch (error) {
    throw new ConfigError(error instanceof Error ? error.message : String(error));
  }
}

function matching(flag: string, text: string | undefined, form: RegExp, expects: string): string {
  if (text === undefined) throw new ConfigError(`${flag} is missing: ${expects}`);
  if (!form.test(text)) throw new ConfigError(`${flag} must be ${expects}, not ${JSON.stringify(text)}`);
  return text;
}

function checkPlace(action: string, key: string | undefined, prefix: string | undefined): void {
  if (isOnObjects(action)) {
    if (key === undefined || key === "") throw new ConfigError(`--key is missing: ${action} is about an object`);
    if (prefix !== undefined)
      throw new ConfigError(`--prefix is for lists, and ${action} is about an object: use --key`);
  } else if (key !== undefined) {
    throw new ConfigError(
      `--key is for objects, and ${action} is about a bucket: use --prefix, if it is a list with one`,
    );
  }
}

/** What `explain --help` prints. */
export const HELP = `Says whether a BucketAccess lets somebody do something with its bucket, and if not, which layer blocks it. Writes nothing.

Usage: s3-operator explain --bucketaccess NAMESPACE/NAME --action s3:GetObject --key KEY [flags]

  --bucketaccess NAMESPACE/NAME   The BucketAccess. Required.
  --action ACTION                 The IAM action of S3. Required.
  --key KEY                       The object's key. Required for actions on objects.
  --prefix PREFIX                 The prefix that s3:ListBucket asks for. Default: none.
  --principal ARN                 The role, of a BucketAccess with several principals.
  --vpc-endpoint ID               The endpoint that the request comes through, or none. Default: not known.
  --kubeconfig FILE               How to reach the API server. Default: KUBECONFIG, ~/.kube/config, or the cluster it runs in.
  --s3-force-path-style           Names buckets in the path and not in the host name, for S3-compatible stores.
  --version, --help

AWS credentials and endpoints are found as by every AWS SDK; they must be of the bucket's account.
Exit codes: 0, allowed; 3, denied; 1, it cannot be told; 2, a flag is wrong.
`;
