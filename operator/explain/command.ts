import type { BucketAccess } from "../api/types.ts";
import { bucketArn } from "../aws/arn.ts";
import { createAws, type AwsSession } from "../aws/session.ts";
import { printed, subcommand, type CommandResult } from "../cli/command.ts";
import { ConfigError } from "../cli/flags.ts";
import { throwFailure } from "../reconcile/aws-failure.ts";
import { readCluster } from "./cluster.ts";
import { explanationOf, explanationWithoutAws, type Explanation } from "./explanation.ts";
import { explainHelpText, parseExplainOptions, type ExplainOptions } from "./options.ts";
import type { Question } from "./question.ts";
import { readFindings } from "./read/read.ts";
import type { RecordedAccess } from "./recorded.ts";
import { render } from "./render.ts";

const EXIT_CODES = { Allowed: 0, Denied: 3, CannotTell: 1 } as const satisfies Record<Explanation["outcome"], number>;

/** `s3-operator explain`: finds the layer of Kubernetes or AWS that denies what a BucketAccess grants. Only reads. */
export const runExplain = subcommand({ help: explainHelpText, parse: parseExplainOptions, run: explain });

async function explain(options: ExplainOptions, userAgent: string): Promise<CommandResult> {
  const inCluster = await readCluster(options, userAgent);
  const { access, recorded } = inCluster;
  if (recorded === undefined) return answer(explanationWithoutAws(inCluster), undefined);
  const aws = createAws({ forcePathStyle: options.s3ForcePathStyle, userAgent });
  try {
    const session = await aws.session(recorded).catch(throwFailure("sts:GetCallerIdentity"));
    const question = questionOf(options, access, recorded, session);
    const findings = await readFindings(session, access, recorded, question);
    return answer(explanationOf(inCluster, question, findings), question);
  } finally {
    aws.destroy();
  }
}

function questionOf(
  options: ExplainOptions,
  { spec }: BucketAccess,
  recorded: RecordedAccess,
  { partition }: AwsSession,
): Question {
  const { action, key, prefix, vpcEndpoint } = options;
  const { bucketName: name, region, bucketAccountId: accountId } = recorded;
  const bucket = { name, arn: bucketArn(partition, name), region, accountId };
  const roleArn = recorded.role?.arn ?? principalOf(options.principal, spec.principals ?? []);
  return { roleArn, bucket, action, key, prefix, vpcEndpoint };
}

function principalOf(wanted: string | undefined, principals: readonly string[]): string {
  const [first = "", ...others] = principals;
  if (wanted === undefined && others.length === 0) return first;
  if (wanted !== undefined && principals.includes(wanted)) return wanted;
  throw new ConfigError(`--principal must be one of ${principals.join(", ")}`);
}

function answer(explanation: Explanation, question: Question | undefined): CommandResult {
  return { ...printed(render(explanation, question)), exitCode: EXIT_CODES[explanation.outcome] };
}
