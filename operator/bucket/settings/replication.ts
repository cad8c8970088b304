import {
  DeleteBucketReplicationCommand,
  GetBucketReplicationCommand,
  PutBucketReplicationCommand,
  type ReplicationConfiguration,
  type ReplicationRule,
} from "@aws-sdk/client-s3";
import type { S3BucketSpec } from "../../api/types.ts";
import { compare, type Change } from "../../reconcile/change.ts";
import { deleteSeen, unlessAbsent } from "../subresource.ts";
import { accountAsk, destinationAsk, optionalAccountAsk } from "./asks.ts";
import { carryOver } from "./carry-over.ts";
import {
  canonicalReplicationRule,
  REPLICATION_RULE_FORM,
  toReplicationRule,
  withInherited,
} from "./replication-rules.ts";
import { compareNamed, defineSetting, type Named } from "./setting.ts";
import { entriesToSpec, type ExportedSetting } from "./to-spec.ts";

function desired({ replication }: S3BucketSpec): ReplicationConfiguration | undefined {
  return replication && { Role: replication.roleArn, Rules: replication.rules.map(toReplicationRule) };
}

function byId(rules: readonly ReplicationRule[] = []): Named {
  return new Map(rules.map((rule) => [rule.ID ?? "", canonicalReplicationRule(rule)]));
}

function diff(declared: ReplicationConfiguration, observed: ReplicationConfiguration): Change[] {
  const desired = withInherited(declared, observed);
  return [
    ...compare("roleArn", desired.Role, observed.Role),
    ...compareNamed("rules", byId(desired.Rules), byId(observed.Rules)),
  ];
}

const NOTHING: ReplicationConfiguration = { Role: undefined, Rules: [] };

function isEmpty({ Rules = [] }: ReplicationConfiguration): boolean {
  return Rules.length === 0;
}

/** All rules or none, because a Put writes the whole document. */
function toSpec(observed: ReplicationConfiguration): ExportedSetting {
  if (isEmpty(observed)) return {};
  const { specs, omitted } = entriesToSpec(observed.Rules ?? [], REPLICATION_RULE_FORM);
  return omitted.length > 0 ? { omitted } : { spec: { replication: { roleArn: observed.Role ?? "", rules: specs } } };
}

/**
 * Owns the whole configuration: rules of other writers are differences. A write also needs iam:PassRole on the role.
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
    const ReplicationConfiguration = carryOver(withInherited(desired, observed), observed, [
      "Role",
      ...REPLICATION_RULE_FORM.fields.map((field) => `Rules.${field}`),
    ]);
    await s3.send(new PutBucketReplicationCommand({ ...ref, ReplicationConfiguration }), options);
  },

  reset: (observed) => (isEmpty(observed) ? undefined : NOTHING),

  toSpec,

  asks: ({ replication }) => {
    if (replication === undefined) return [];
    const destinations = replication.rules.flatMap(({ id, destination: { bucket, account, replicaKmsKeyArn } }) => {
      const field = `spec.replication.rules[${id}].destination`;
      return [
        accountAsk(`${field}.account`, account),
        destinationAsk(`${field}.bucket`, bucket, account),
        ...optionalAccountAsk(`${field}.replicaKmsKeyArn`, replicaKmsKeyArn),
      ];
    });
    return [{ kind: "Role", field: "spec.replication.roleArn", roleArn: replication.roleArn }, ...destinations];
  },
});
