import {
  DeleteBucketReplicationCommand,
  GetBucketReplicationCommand,
  PutBucketReplicationCommand,
  type ReplicationConfiguration,
  type ReplicationRule,
} from "@aws-sdk/client-s3";
import type { S3BucketSpec } from "../../api/types.ts";
import { awsErrorKind } from "../../aws/errors.ts";
import { carryOver } from "./carry-over.ts";
import { type ExportedSetting, entriesToSpec } from "./to-spec.ts";
import { canonicalRule, RULE_FORM, settled, toRule } from "./replication-rules.ts";
import { compareNamed, defineSetting, type Named } from "./setting.ts";
import { unlessAbsent, deleteSeen } from "../subresource.ts";
import { SettingRefused } from "../failure.ts";
import { type Change, compare } from "../../reconcile/change.ts";

function desired({ replication }: S3BucketSpec): ReplicationConfiguration | undefined {
  return replication && { Role: replication.roleArn, Rules: replication.rules.map(toRule) };
}

function byId(rules: readonly ReplicationRule[] = []): Named {
  return new Map(rules.map((rule) => [rule.ID ?? "", canonicalRule(rule)]));
}

function diff(declared: ReplicationConfiguration, observed: ReplicationConfiguration): Change[] {
  const desired = settled(declared, observed);
  return [
    ...compare("roleArn", desired.Role, observed.Role),
    ...compareNamed("rules", byId(desired.Rules), byId(observed.Rules)),
  ];
}

/** S3 says the same of a destination that is not there and of one that is not versioned. Undefined: the error is about something else. */
function destinationRefused(error: unknown): SettingRefused | undefined {
  if (awsErrorKind(error) !== "Invalid" || !(error instanceof Error)) return undefined;
  if (!/^destination bucket must /i.test(error.message)) return undefined;
  const message = `S3 refuses a destination of spec.replication.rules: ${error.message} Each must exist, in the account that the rule names, with versioning enabled`;
  return new SettingRefused("DestinationRefused", message, false);
}

const NOTHING: ReplicationConfiguration = { Role: undefined, Rules: [] };

function isEmpty({ Rules = [] }: ReplicationConfiguration): boolean {
  return Rules.length === 0;
}

/** All of it or nothing: a Put writes it whole. */
function toSpec(observed: ReplicationConfiguration): ExportedSetting {
  if (isEmpty(observed)) return {};
  const { specs, omitted } = entriesToSpec(observed.Rules ?? [], RULE_FORM);
  return omitted.length > 0 ? { omitted } : { spec: { replication: { roleArn: observed.Role ?? "", rules: specs } } };
}

/**
 * The whole configuration: rules of others are differences. Beside S3's actions it takes iam:PassRole on the role.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketReplication.html
 */
export const replication = defineSetting<ReplicationConfiguration, ReplicationConfiguration>({
  name: "replication",
  iamActions: { read: ["s3:GetReplicationConfiguration"], write: ["s3:PutReplicationConfiguration"] },

  desired,

  observe: async ({ s3, ref, options }) => {
    const answer = await unlessAbsent(s3.send(new GetBucketReplicationCommand(ref), options));
    return answer?.ReplicationConfiguration ?? NOTHING;
  },

  diff,

  write: async (bucket, desired, observed) => {
    const { s3, ref, options } = bucket;
    if (isEmpty(desired)) return deleteSeen(bucket, observed.Rules, new DeleteBucketReplicationCommand(ref));
    const ReplicationConfiguration = carryOver(settled(desired, observed), observed, [
      "Role",
      ...RULE_FORM.fields.map((field) => `Rules.${field}`),
    ]);
    const command = new PutBucketReplicationCommand({ ...ref, ReplicationConfiguration });
    try {
      await s3.send(command, options);
    } catch (error) {
      throw destinationRefused(error) ?? error;
    }
  },

  reset: (observed) => (isEmpty(observed) ? undefined : NOTHING),

  toSpec,
});
