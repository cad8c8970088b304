import fc from "fast-check";
import type { Prerequisites } from "../../support/world/prerequisites.ts";
import { fields, filter, id, status, text } from "./values.ts";

export function replicationDocuments({ targetArn, roleArn, kmsKeyArn }: Prerequisites): fc.Arbitrary<object> {
  const destination = fields(
    {
      Bucket: fc.constant(targetArn),
      Account: fc.constantFrom(targetArn, kmsKeyArn.split(":")[4]),
      StorageClass: fc.constantFrom("STANDARD", "STANDARD_IA", "REDUCED_REDUNDANCY", "DEEP_ARCHIVE"),
      EncryptionConfiguration: fc.constantFrom(
        { ReplicaKmsKeyID: kmsKeyArn },
        { ReplicaKmsKeyID: kmsKeyArn.replace(/key\/.*/, "alias/data") },
        { ReplicaKmsKeyID: "alias/data" },
      ),
      Metrics: fc.record({ Status: status }),
    },
    ["Bucket"],
  );
  const common = {
    ID: id,
    Status: status,
    Destination: destination,
    SourceSelectionCriteria: fc.constantFrom({ SseKmsEncryptedObjects: { Status: "Enabled" } }),
  };
  const old = fields({ ...common, Prefix: text }, ["Status", "Destination", "Prefix"]);
  const current = fields(
    {
      ...common,
      Priority: fc.constantFrom(0, 1, 2, 2_147_483_647),
      Filter: filter(),
      DeleteMarkerReplication: fc.record({ Status: status }),
    },
    ["Priority", "Status", "Filter", "DeleteMarkerReplication", "Destination"],
  );
  const rules = fc.oneof(
    fc.array(old, { minLength: 1, maxLength: 2 }),
    fc.array(current, { minLength: 1, maxLength: 2 }),
  );
  return rules.map((Rules) => ({ ReplicationConfiguration: { Role: roleArn, Rules: Rules.map(withKmsChoice) } }));
}

/** S3 takes a key only together with the choice of encrypted objects. */
function withKmsChoice(rule: Record<string, unknown>): object {
  const { EncryptionConfiguration } = rule["Destination"] as { EncryptionConfiguration?: object };
  const { SourceSelectionCriteria: _, ...rest } = rule;
  const SourceSelectionCriteria = { SseKmsEncryptedObjects: { Status: "Enabled" } };
  return EncryptionConfiguration === undefined ? rest : { ...rest, SourceSelectionCriteria };
}
