import fc from "fast-check";
import { defineKit } from "../kit.ts";
import type { Random } from "../random.ts";
import { sparse, withUnknown, type Document } from "../rewriting-store.ts";

const blockedEncryptionTypes = fc.constantFrom<("SSE-C" | "NONE")[]>(["SSE-C"], ["NONE"]);

export const kit = defineKit<"encryption">({
  arbitrary: fc.oneof(
    fc.record(
      { sseAlgorithm: fc.constantFrom("AES256", "aws:kms:dsse"), blockedEncryptionTypes },
      { requiredKeys: ["sseAlgorithm"] },
    ),
    fc.record(
      { sseAlgorithm: fc.constant("aws:kms"), bucketKeyEnabled: fc.boolean(), blockedEncryptionTypes },
      { requiredKeys: ["sseAlgorithm"] },
    ),
    fc.record({ blockedEncryptionTypes }),
  ),
  routes: (store, random) => ({
    PutBucketEncryptionCommand: (input) => store.keep("encryption", input),
    GetBucketEncryptionCommand: () => {
      const document = store.read("encryption", "ServerSideEncryptionConfigurationNotFoundError");
      const { Rules } = document.ServerSideEncryptionConfiguration as { Rules: Document[] };
      const rules = Rules.map((rule) => rewritten(rule, random));
      return withUnknown({ ServerSideEncryptionConfiguration: { Rules: rules } }, random);
    },
  }),
  closed: "Root",
  field: "encryption",
  value: ({ kmsKeyArn }) => ({ sseAlgorithm: "aws:kms", kmsKey: { arn: kmsKeyArn }, bucketKeyEnabled: true }),
  other: ({ kmsKeyArn }) => ({ sseAlgorithm: "aws:kms:dsse", kmsKey: { arn: kmsKeyArn } }),
});

function rewritten(rule: Document, random: Random): Document {
  const { BlockedEncryptionTypes, BucketKeyEnabled = false, ...rest } = rule;
  const { EncryptionType = [] } = (BlockedEncryptionTypes ?? {}) as { EncryptionType?: string[] };
  const blocked = EncryptionType.filter((type) => type !== "NONE");
  const nothing = random.coin() ? {} : { BlockedEncryptionTypes: { EncryptionType: ["NONE"] } };
  return withUnknown(
    {
      ...sparse({ ...rest, BucketKeyEnabled }, random),
      ...(blocked.length > 0 ? { BlockedEncryptionTypes: { EncryptionType: random.shuffled(blocked) } } : nothing),
    },
    random,
  );
}
