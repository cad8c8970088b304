import { DeleteBucketPolicyCommand, GetBucketPolicyCommand, PutBucketPolicyCommand } from "@aws-sdk/client-s3";
import type { S3BucketSpec } from "../../api/types.ts";
import { canonicalStatement } from "../policy/canonical.ts";
import { compose, foreignStatements, isOurs } from "../policy/compose.ts";
import { MAX_POLICY_BYTES, parsePolicy, policyBytes, type PolicyDocument, type Statement } from "../policy/document.ts";
import { statementsOf } from "../policy/templates.ts";
import { unlessAbsent, type Change, compare, defineSetting, type SettingContext, SettingRefused } from "./setting.ts";

/** As the CRD bounds them in status. */
const MAX_NAMES = 100;
const MAX_NAME = 256;

interface DesiredPolicy {
  /** Our statements, each with its Sid; those of others are not ours to compare, unless they are to go. */
  statements: Statement[];
  unmanagedStatements: "Keep" | "Remove";
}

function desired({ policy }: S3BucketSpec, { baseline, bucket }: SettingContext): DesiredPolicy | undefined {
  if (policy === undefined && !baseline) return undefined;
  const statements = statementsOf(policy, { baseline, bucketArn: bucket.arn });
  return { statements, unmanagedStatements: policy?.unmanagedStatements ?? "Keep" };
}

function diff({ statements, unmanagedStatements }: DesiredPolicy, observed: PolicyDocument): Change[] {
  const wanted = new Map(statements.map((statement) => [statement.Sid ?? "", canonicalStatement(statement)]));
  const found = observed.Statement.filter(isOurs);
  const surplus = found.filter(({ Sid }) => !wanted.has(Sid ?? ""));
  const foreign = unmanagedStatements === "Keep" ? [] : foreignStatements(observed.Statement);
  return [
    ...[...wanted].flatMap(([sid, statement]) => compareStatement(sid, statement, found)),
    ...surplus.map((statement) => removal(statement.Sid ?? "", statement)),
    ...foreign.map(({ name, statement }) => removal(name, statement)),
  ];
}

function compareStatement(sid: string, wanted: unknown, found: readonly Statement[]): Change[] {
  const [actual, ...doubles] = found.filter((statement) => statement.Sid === sid).map(canonicalStatement);
  return [
    ...compare(pathOf(sid), wanted, actual),
    ...doubles.flatMap((double) => compare(pathOf(sid), undefined, double)),
  ];
}

function removal(name: string, statement: Statement): Change {
  const [change] = compare(pathOf(name), undefined, canonicalStatement(statement));
  if (change === undefined) throw new Error("A statement cannot equal nothing");
  return change;
}

function pathOf(name: string): string {
  return `statements[${name}]`;
}

/**
 * A bucket has one policy for everybody: ours are the statements whose Sid begins with `S3Operator`.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html
 */
export const policy = defineSetting<DesiredPolicy, PolicyDocument>({
  name: "policy",
  permissions: { read: ["s3:GetBucketPolicy"], write: ["s3:PutBucketPolicy", "s3:DeleteBucketPolicy"] },
  inBaseline: true,

  desired,

  observe: async ({ s3, ref, options }) =>
    parsePolicy((await unlessAbsent(s3.send(new GetBucketPolicyCommand(ref), options)))?.Policy),

  diff,

  write: async ({ s3, ref, options }, { statements, unmanagedStatements }, observed) => {
    const document = { ...observed, Statement: compose(observed.Statement, statements, unmanagedStatements) };
    if (document.Statement.length === 0) {
      await s3.send(new DeleteBucketPolicyCommand(ref), options);
      return;
    }
    checkSize(document);
    await s3.send(new PutBucketPolicyCommand({ ...ref, Policy: JSON.stringify(document) }), options);
  },

  reset: ({ Statement }) => (Statement.some(isOurs) ? { statements: [], unmanagedStatements: "Keep" } : undefined),

  report: (_desired, observed) => ({
    policy: {
      bytes: policyBytes(observed),
      unmanagedStatements: foreignStatements(observed.Statement)
        .map(({ name }) => name.slice(0, MAX_NAME))
        .slice(0, MAX_NAMES),
    },
  }),
});

function checkSize(document: PolicyDocument): void {
  const bytes = policyBytes(document);
  if (bytes <= MAX_POLICY_BYTES) return;
  throw new SettingRefused(
    "PolicyTooLarge",
    `The bucket policy would have ${bytes} bytes, and S3 takes at most ${MAX_POLICY_BYTES}: ` +
      "shorten spec.policy.statements, or join statements that share principals and actions",
  );
}
