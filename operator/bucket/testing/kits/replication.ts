import fc from "fast-check";
import type { S3BucketSpec } from "../../../api/types.ts";
import {
  account,
  bucketArn,
  byId,
  kmsKeyArn,
  objectFilter,
  onOff,
  optional,
  prefix,
  some,
  tagFilter,
  word,
} from "../arbitrary.ts";
import { defineKit } from "../kit.ts";
import type { Random } from "../random.ts";
import { rewrittenFilter, withUnknown, type Document } from "../rewriting-store.ts";

type Spec = NonNullable<S3BucketSpec["replication"]>;
type Rule = Spec["rules"][number];

const not = optional({
  prefixes: some(fc.constantFrom("raw/tmp/", "raw/old/", "tmp/"), 2),
  tags: fc.uniqueArray(fc.record({ key: word, value: word }), {
    minLength: 1,
    maxLength: 2,
    selector: ({ key, value }) => `${key}=${value}`,
  }),
});
const replicationRule = optional<Rule>(
  {
    id: word,
    priority: fc.nat(9),
    status: onOff,
    filter: fc.oneof(objectFilter, fc.record({ prefix, tags: tagFilter, not }, { requiredKeys: ["not"] })),
    deleteMarkerReplication: onOff,
    sourceSelectionCriteria: optional({ sseKmsEncryptedObjects: onOff, replicaModifications: onOff }),
    destination: optional<Rule["destination"]>(
      {
        bucket: bucketArn,
        account,
        accessControlTranslation: fc.constant({ owner: "Destination" }),
        storageClass: fc.constantFrom("STANDARD", "GLACIER"),
        replicaKmsKeyArn: kmsKeyArn,
        useSourceMultiRegionKey: onOff,
        replicationTime: onOff,
        metrics: onOff,
      },
      ["bucket"],
    ),
  },
  ["id", "priority", "status", "destination"],
);

export const kit = defineKit<"replication">({
  arbitrary: fc.record({
    roleArn: fc.constantFrom("arn:aws:iam::111122223333:role/a", "arn:aws:iam::111122223333:role/b"),
    rules: byId(replicationRule, 1),
  }),
  routes: (store, random) => ({
    PutBucketReplicationCommand: (input) => store.keep("replication", input.ReplicationConfiguration as Document),
    DeleteBucketReplicationCommand: () => store.remove("replication"),
    GetBucketReplicationCommand: () => {
      const { Rules, ...rest } = store.read("replication", "ReplicationConfigurationNotFoundError");
      const rules = random.shuffled(Rules as Document[]).map((rule) => rewrittenRule(rule, random));
      return { ReplicationConfiguration: { ...rest, Rules: rules } };
    },
  }),
  field: "replication",
  needs: { versioning: "Enabled" },
  value: ({ roleArn, targetArn }) => replication(roleArn, targetArn, "GLACIER"),
  other: ({ roleArn, targetArn }) => replication(roleArn, targetArn, "STANDARD_IA"),
});

function replication(roleArn: string, bucket: string, storageClass: "GLACIER" | "STANDARD_IA"): Spec {
  return { roleArn, rules: [{ id: "copy", priority: 1, status: "Enabled", destination: { bucket, storageClass } }] };
}

/** Leaves out some fields that are disabled. */
function rewrittenRule(rule: Document, random: Random): Document {
  const { Filter, DeleteMarkerReplication, ...rest } = rule as {
    Filter?: Document;
    DeleteMarkerReplication?: Document;
  };
  const isDisabled = DeleteMarkerReplication?.Status === "Disabled";
  return withUnknown(
    {
      ...rest,
      Filter: Filter?.Prefix === "" && random.coin() ? {} : rewrittenFilter(Filter, random),
      ...((!isDisabled || random.coin()) && { DeleteMarkerReplication }),
    },
    random,
  );
}
