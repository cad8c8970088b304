import { GetBucketPolicyCommand } from "@aws-sdk/client-s3";
import { REASON, type Reason } from "../../api/reasons.ts";
import type { Policy, S3BucketSpec } from "../../api/types.ts";
import { principalArns } from "../../aws/policy/caller.ts";
import { canonicalStatement, sameStatements } from "../../aws/policy/canonical.ts";
import {
  MAX_POLICY_BYTES,
  parsePolicy,
  POLICY_VERSION,
  policyBytes,
  type PolicyDocument,
  type Statement,
} from "../../aws/policy/document.ts";
import type { Home } from "../../aws/policy/external-access.ts";
import { deniedAction, type Operator } from "../../aws/policy/lock-out.ts";
import { opaqueNames, withDeclaredNames } from "../../aws/policy/opaque-principals.ts";
import { compare, type Change } from "../../reconcile/change.ts";
import { SettingRefused } from "../failure.ts";
import { compose, foreignStatements, hasSidAmong, isOurs, SID_PREFIX } from "../policy/compose.ts";
import { ContributorsRefused, doesNotFit } from "../policy/contributors.ts";
import { fitting } from "../policy/fit.ts";
import { policyStatus } from "../policy/status.ts";
import { statementsOf, type PolicyContext } from "../policy/templates/index.ts";
import { policyToSpec } from "../policy/templates/to-spec.ts";
import { USER_PREFIX, userSid } from "../policy/templates/user-statement.ts";
import { usesVariables, withVersionFor } from "../policy/version.ts";
import { writeAsFarAsKnown, writePolicy } from "../policy/write.ts";
import { unlessAbsent } from "../subresource.ts";
import { defineSetting, type SettingContext } from "./setting.ts";
import type { ExportedSetting } from "./to-spec.ts";

interface DesiredPolicy {
  /** The operator's statements, each with a Sid. */
  statements: Statement[];
  /** Sid prefixes of the operator's statements that stay as they are. */
  pausedSids: readonly string[];
  /** What happens to statements of other writers. */
  unmanagedStatements: "Keep" | "Remove";
  /** The trusted account and organization. Undefined after a reset: external access is not reported. */
  home?: Home;
  /** Why this must not be written. */
  refusal?: { reason: Reason; message: string };
}

function desired(spec: S3BucketSpec, context: SettingContext): DesiredPolicy | undefined {
  const { policy } = spec;
  const { contributedStatements, pausedSids } = context;
  const isShared = contributedStatements.length > 0 || pausedSids.length > 0;
  if (policy === undefined && !context.baseline && !isShared) return undefined;
  const { accountId, arn } = context.bucket;
  const asked = policyContext(spec, context);
  const statements = [...statementsOf(policy, asked), ...contributedStatements];
  const refusal = unenforceable(policy, asked) ?? lockOut(statements, arn, context.operator);
  return {
    statements,
    pausedSids,
    unmanagedStatements: policy?.unmanagedStatements ?? "Keep",
    home: {
      accountId,
      areUniqueIdsDeleted: true,
      ...(policy?.organizationId !== undefined && { organizationId: policy.organizationId }),
    },
    ...(refusal && { refusal }),
  };
}

function policyContext({ encryption }: S3BucketSpec, context: SettingContext): PolicyContext {
  const { baseline, bucket, kmsKeyArn, operator } = context;
  const sseAlgorithm = encryption?.sseAlgorithm ?? (baseline ? "AES256" : undefined);
  return {
    baseline,
    bucketArn: bucket.arn,
    accountId: bucket.accountId,
    partition: bucket.partition,
    callerArn: operator.callerArn,
    encryption: { ...(sseAlgorithm && { sseAlgorithm }), ...(kmsKeyArn !== undefined && { kmsKeyArn }) },
  };
}

function unenforceable(policy: Policy | undefined, { encryption }: PolicyContext): DesiredPolicy["refusal"] {
  if (policy?.enforceEncryption !== true || encryption.sseAlgorithm !== undefined) return undefined;
  const message =
    "spec.policy.enforceEncryption needs an encryption to enforce: set spec.encryption.sseAlgorithm, or spec.baseline to Secure";
  return { reason: REASON.encryptionNotDeclared, message };
}

function lockOut(statements: readonly Statement[], bucketArn: string, operator: Operator): DesiredPolicy["refusal"] {
  for (const statement of statements) {
    const action = deniedAction(statement, bucketArn, operator);
    if (action === undefined) continue;
    const denies = opaqueNames(statement).length > 0 ? "may deny" : "would deny";
    const message =
      `Statement '${statement.Sid}' ${denies} the operator ${action}, which only the account's root user could undo: narrow its actions or principals, ` +
      `or add a condition 'ArnNotLike' on 'aws:PrincipalArn' with ${principalArns(operator.callerArn).join(" and ")}`;
    return { reason: REASON.policyLocksOut, message };
  }
  return undefined;
}

function diff(
  { statements, pausedSids, unmanagedStatements, refusal }: DesiredPolicy,
  observed: PolicyDocument,
): Change[] {
  const wanted = new Map(statements.map((statement) => [statement.Sid ?? "", canonicalStatement(statement)]));
  const found = asDeclared(observed, statements).filter((each) => isOurs(each) && !hasSidAmong(each, pausedSids));
  const surplus = found.filter(({ Sid }) => !wanted.has(Sid ?? ""));
  const foreign = unmanagedStatements === "Keep" ? [] : foreignStatements(observed.Statement);
  const unenforced = refusal?.reason === REASON.encryptionNotDeclared;
  return [
    ...(unenforced ? compare("enforceEncryption", "true", undefined) : []),
    ...(usesVariables(statements) ? compare("version", POLICY_VERSION, observed.Version) : []),
    ...[...wanted].flatMap(([sid, statement]) => compareStatement(sid, statement, found)),
    ...surplus.map((statement) => removal(statement.Sid ?? "", statement)),
    ...foreign.map(({ name, statement }) => removal(name, statement)),
  ];
}

/** The observed statements; those of the operator name their principals as `declared` does, see withDeclaredNames. */
function asDeclared({ Statement }: PolicyDocument, declared: readonly Statement[]): Statement[] {
  const bySid = new Map(declared.map((statement) => [statement.Sid, statement]));
  return Statement.map((each) => (isOurs(each) ? withDeclaredNames(each, bySid.get(each.Sid)) : each));
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

/** Omits statements of other writers: they stay in the policy, and a spec would add them a second time. */
function toSpec(observed: PolicyDocument, context: SettingContext): ExportedSetting {
  const ours = observed.Statement.filter(isOurs);
  const omitted = foreignStatements(observed.Statement).map(
    ({ name }) => `statement '${name}' is not managed by s3-operator`,
  );
  if (ours.length === 0) return { omitted };
  const spec = { policy: policyToSpec(ours, context.bucket.arn) };
  const wanted = desired(spec, context);
  if (wanted !== undefined && diff(wanted, observed).length === 0) return { spec, omitted };
  const names = ours.map(({ Sid }) => Sid).join(", ");
  return {
    omitted: [...omitted, `s3-operator wrote ${names}, but the fields of the spec cannot be derived from them`],
  };
}

/**
 * A bucket has one policy, shared by all writers. The operator owns the statements whose Sid begins with `S3Operator`.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html
 */
export const policy = defineSetting<DesiredPolicy, PolicyDocument>({
  name: "policy",
  iamActions: { read: ["s3:GetBucketPolicy"], write: ["s3:PutBucketPolicy", "s3:DeleteBucketPolicy"] },
  isShared: true,
  inBaseline: true,
  // Without the key, the policy would accept objects under any key.
  usesKey: ({ policy }) => policy?.enforceEncryption === true,

  desired,

  observe: async ({ s3, ref, options }) =>
    parsePolicy((await unlessAbsent(s3.send(new GetBucketPolicyCommand(ref), options)))?.Policy),

  diff,

  write: async (bucket, { statements, pausedSids, unmanagedStatements, refusal }, observed) => {
    if (refusal !== undefined) throw new SettingRefused(refusal.reason, refusal.message);
    const ours = [...observed.Statement.filter((each) => hasSidAmong(each, pausedSids)), ...statements];
    const document = { ...observed, Statement: compose(observed.Statement, ours, unmanagedStatements) };
    const versioned = withVersionFor(ours, document);
    const fit = fitting(versioned, observed, MAX_POLICY_BYTES);
    if (policyBytes(fit.document) > MAX_POLICY_BYTES) throw tooLarge(fit.document);
    const isNew = fit.leftOut.length === 0 || !sameStatements(fit.document.Statement, asDeclared(observed, ours));
    const write = (each: PolicyDocument) => writePolicy(bucket, each, observed);
    const unknown = isNew ? await writeAsFarAsKnown(write, fit.document, observed) : [];
    const refusals = [...unknown, ...fit.leftOut.map((each) => doesNotFit(each, "bucket policy", MAX_POLICY_BYTES))];
    if (refusals.length > 0) throw new ContributorsRefused(refusals);
  },

  reset: ({ Statement }) =>
    Statement.some(isOurs) ? { statements: [], pausedSids: [], unmanagedStatements: "Keep" } : undefined,

  toSpec,

  // The statements as AWS reads them. Only an Allow counts, which depends on neither baseline nor caller.
  asks: ({ policy }, { partition, accountId, arn: bucketArn }) =>
    statementsOf(policy, { partition, accountId, bucketArn, baseline: false, callerArn: "", encryption: {} })
      .filter(({ Effect }) => Effect === "Allow")
      .map((statement) => ({ kind: "Statement", field: fieldOf(statement.Sid ?? ""), statement })),

  report: (desired, observed) => ({ policy: policyStatus(observed, desired?.home) }),
});

function fieldOf(sid: string): string {
  const name = sid.slice(SID_PREFIX.length);
  if (sid.startsWith(USER_PREFIX)) return `spec.policy.statements[${userSid(sid)}]`;
  return name === "AllowCloudFront" ? "spec.policy.cloudFrontDistributions" : "spec.policy.logDelivery";
}

function tooLarge(document: PolicyDocument): SettingRefused {
  return new SettingRefused(
    REASON.policyTooLarge,
    `The bucket policy would have ${policyBytes(document)} bytes, and S3 takes at most ${MAX_POLICY_BYTES}: ` +
      "shorten spec.policy.statements, or join statements that share principals and actions",
  );
}
