import { type CommandResult, printed, subcommand } from "../cli/command.ts";
import { ConfigError } from "../cli/flags.ts";
import type { BucketAccess } from "../api/types.ts";
import { bucketArn } from "../aws/arn.ts";
import { type AwsSession, createAws } from "../aws/session.ts";
import { KubeConfigError } from "../kube/kubeconfig.ts";
import { readCluster } from "./cluster.ts";
import { ExplainError } from "./error.ts";
import { explainHelpText, type ExplainOptions, parseOptions } from "./options.ts";
import type { Question } from "./question.ts";
import { heldBy, type Held } from "./layers/objects.ts";
import { failed } from "./read/attempt.ts";
import { readFindings } from "./read/read.ts";
import { render } from "./render.ts";
import { type Verdict, verdictOf, verdictWithoutAws } from "./verdict.ts";

/** 0: allowed. 3: denied. 1: it cannot be told. */
const EXIT_CODES = { Allowed: 0, Denied: 3, CannotTell: 1 } as const satisfies Record<Verdict["outcome"], number>;

/** `s3-operator explain`: tells which layer of Kubernetes or AWS denies a request. Only reads both. */
export const runExplain = subcommand({
  parseOptions,
  helpText: explainHelpText,
  run: explain,
  expected: [ExplainError, KubeConfigError],
});

async function explain(options: ExplainOptions, userAgent: string): Promise<CommandResult> {
  const inCluster = await readCluster(options.kubeconfig, options.access, userAgent);
  const held = heldBy(inCluster.access);
  if (held === undefined) return answer(verdictWithoutAws(inCluster), undefined);
  const aws = createAws({ forcePathStyle: options.s3ForcePathStyle, userAgent });
  try {
    const session = await aws.session(held).catch(failed("sts:GetCallerIdentity"));
    const question = questionOf(options, inCluster.access, held, session);
    const findings = await readFindings(session, inCluster.access, question);
    return answer(verdictOf(inCluster, question, findings), question);
  } finally {
    aws.destroy();
  }
}

function questionOf(options: ExplainOptions, { spec }: BucketAccess, held: Held, { partition }: AwsSession): Question {
  const { action, key, prefix, vpcEndpoint } = options;
  const { bucketName: name, region, accountId } = held;
  const bucket = { name, arn: bucketArn(partition, name), region, accountId };
  const roleArn = held.roleArn ?? principalOf(options.principal, spec.principals ?? []);
  return { roleArn, bucket, action, key, prefix, vpcEndpoint };
}

/** Which of the principals is meant. */
function principalOf(wanted: string | undefined, principals: readonly string[]): string {
  const [first = "", ...others] = principals;
  if (wanted === undefined && others.length === 0) return first;
  if (wanted !== undefined && principals.includes(wanted)) return wanted;
  throw new ConfigError(`--principal must be one of ${principals.join(", ")}`);
}

function answer(verdict: Verdict, question: Question | undefined): CommandResult {
  return { ...printed(render(verdict, question)), exitCode: EXIT_CODES[verdict.outcome] };
}
