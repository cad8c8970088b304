import { resourceOf } from "../aws/policy/actions.ts";
import {
  ConfigError,
  describeFlags,
  flag,
  kubeconfigFlag,
  parseFlags,
  s3ForcePathStyleFlag,
  type Environment,
} from "../cli/flags.ts";
import { matching, optional } from "../cli/formats.ts";
import type { ObjectKey } from "../kube/object.ts";
import { isOnObjects } from "./question.ts";

const anything = (placeholder: string, expects: string) => optional(matching(placeholder, /^/, expects));
const ACCESS = matching("NAMESPACE/NAME", /^[a-z0-9-]+\/[a-z0-9.-]+$/, "NAMESPACE/NAME of a BucketAccess");
const ACTION = matching("ACTION", /^s3:[A-Za-z]+$/, "an IAM action of S3, such as s3:GetObject");
const ENDPOINT = matching("ID", /^(vpce-[0-9a-f]+|none)$/, "the id of a VPC endpoint, or none");

const FLAGS = {
  access: flag("bucketaccess", optional(ACCESS), "", "BucketAccess to check. Required."),
  action: flag("action", optional(ACTION), "", "IAM action of S3, such as s3:GetObject. Required."),
  key: flag("key", anything("KEY", "a key"), "", "Key of the object. Required for actions on objects."),
  prefix: flag("prefix", anything("PREFIX", "a prefix"), "", "Prefix of a list, such as s3:ListBucket. Default: none."),
  principal: flag(
    "principal",
    anything("ARN", "an ARN"),
    "",
    "ARN of the role. Required if the BucketAccess has several principals.",
  ),
  serviceAccount: flag(
    "service-account",
    anything("NAME", "a name"),
    "",
    "ServiceAccount whose role to check. Required if the BucketAccess has several ServiceAccounts.",
  ),
  vpcEndpoint: flag(
    "vpc-endpoint",
    optional(ENDPOINT),
    "",
    "ID of the VPC endpoint of the request, or none. Default: unknown.",
  ),
  kubeconfig: kubeconfigFlag,
  s3ForcePathStyle: s3ForcePathStyleFlag,
};

export interface ExplainOptions {
  access: Required<ObjectKey>;
  action: string;
  key: string | undefined;
  prefix: string | undefined;
  /** Undefined if there is only one. */
  principal: string | undefined;
  /** Undefined if there is only one. */
  serviceAccount: string | undefined;
  vpcEndpoint: string | undefined;
  kubeconfig: string | undefined;
  s3ForcePathStyle: boolean;
}

/** @throws ConfigError */
export function parseExplainOptions(argv: readonly string[], env: Environment): ExplainOptions | "help" | "version" {
  const { action: wanted, settings } = parseFlags(FLAGS, argv, env);
  if (wanted !== "run") return wanted;
  const { access, action, ...rest } = settings;
  if (access === undefined) throw new ConfigError(`--bucketaccess is required: ${ACCESS.expects}`);
  if (action === undefined) throw new ConfigError(`--action is required: ${ACTION.expects}`);
  if (resourceOf(action) === undefined) {
    throw new ConfigError(`--action must be an action of S3 on a bucket or an object, not ${action}`);
  }
  checkPlace(action, rest.key, rest.prefix);
  const [namespace = "", name = ""] = access.split("/");
  return { ...rest, action, access: { namespace, name } };
}

function checkPlace(action: string, key: string | undefined, prefix: string | undefined): void {
  if (isOnObjects(action)) {
    if (key === undefined) throw new ConfigError(`--key is required: ${action} is an action on objects`);
    if (prefix !== undefined)
      throw new ConfigError(`--prefix is for s3:ListBucket; ${action} is an action on objects: use --key`);
  } else if (key !== undefined) {
    throw new ConfigError(
      `--key is for actions on objects; ${action} is an action on a bucket: for s3:ListBucket, use --prefix`,
    );
  }
}

export function explainHelpText(): string {
  return [
    "Explains whether AWS allows a request that uses a BucketAccess, and if not, which layer denies it. Reads Kubernetes and AWS; writes nothing.",
    "",
    "Usage: s3-operator explain --bucketaccess NAMESPACE/NAME --action s3:GetObject --key KEY [flags]",
    "",
    ...describeFlags(FLAGS),
    "",
    "Exit codes: 0: allowed; 3: denied; 1: unknown; 2: a flag is invalid.",
    "",
  ].join("\n");
}
