import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Grant } from "../../api/types.ts";
import type { PolicyDocument, Statement } from "../../aws/policy/document.ts";
import { buckets, grantLists } from "../testing/arbitrary-grants.ts";
import { BUCKET, FORMER_KEY_ARN, KEY_ARN, OTHER_ACCOUNT } from "../testing/requests.ts";
import { readPolicy } from "./compare.ts";
import { prefixesWith, reachOf } from "./grants.ts";
import { keysGranted } from "./keys-granted.ts";
import { byKey } from "./kms.ts";
import { policyDocument, type AccessBucket, type AccessEncryption } from "./model.ts";
import { permissionsPolicy } from "./permissions.ts";
import { sessionPolicy } from "./session.ts";

const READ = [{ prefix: "raw/", permissions: ["Read" as const] }];
const keyNamed = (name: string, contexts: AccessEncryption["contexts"] = ["Bucket"]): AccessEncryption => ({
  kmsKeyArn: `${KEY_ARN.slice(0, KEY_ARN.indexOf("/"))}/${name}`,
  contexts,
});

/** The keys that a policy of these grants must remember. */
function expectedOf(grants: readonly Grant[], { encryption, formerEncryptions }: AccessBucket): AccessEncryption[] {
  const reach = reachOf(grants);
  const reads = prefixesWith(reach, "kms:Decrypt").length > 0;
  const writes = prefixesWith(reach, "kms:GenerateDataKey").length > 0;
  const kept = formerEncryptions.filter(({ inUse }) => reads || (writes && inUse === true));
  const all = [...(encryption && (reads || writes) ? [encryption] : []), ...kept];
  return byKey(all).map(({ kmsKeyArn, contexts }) => ({ kmsKeyArn, contexts }));
}

describe("keysGranted returns the keys of the policy", () => {
  const asReturned = (document: PolicyDocument) => readPolicy(encodeURIComponent(JSON.stringify(document)));

  test("of a role", () => {
    const property = fc.property(grantLists, buckets, (grants, bucket) => {
      const found = keysGranted(asReturned(permissionsPolicy(grants, bucket)), bucket.arn);
      expect(found).toEqual(expectedOf(grants, bucket));
    });
    fc.assert(property);
  });

  test("of a session with several buckets, for each bucket", () => {
    const property = fc.property(grantLists, grantLists, buckets, buckets, (grants, others, bucket, other) => {
      const second = { ...other, name: "docs-2", arn: "arn:aws:s3:::docs-2" };
      const document = asReturned(
        sessionPolicy([
          { grants, bucket },
          { grants: others, bucket: second },
        ]),
      );
      const sorted = (keys: AccessEncryption[]) => keys.toSorted((a, b) => (a.kmsKeyArn < b.kmsKeyArn ? -1 : 1));
      expect(sorted(keysGranted(document, bucket.arn))).toEqual(sorted(expectedOf(grants, bucket)));
      expect(sorted(keysGranted(document, second.arn))).toEqual(sorted(expectedOf(others, second)));
    });
    fc.assert(property);
  });

  test("latest first", () => {
    const bucket = {
      ...BUCKET,
      encryption: keyNamed("now"),
      formerEncryptions: ["a", "b", "c"].map((name) => keyNamed(name)),
    };
    expect(keysGranted(permissionsPolicy(READ, bucket), BUCKET.arn)).toEqual(
      ["now", "a", "b", "c"].map((name) => keyNamed(name)),
    );
  });

  test("and stays the same when the policy is made of them again", () => {
    const property = fc.property(grantLists, buckets, (grants, bucket) => {
      const found = keysGranted(permissionsPolicy(grants, bucket), bucket.arn);
      const again = permissionsPolicy(READ, { ...BUCKET, formerEncryptions: found });
      expect(keysGranted(again, bucket.arn)).toEqual(found);
    });
    fc.assert(property);
  });
});

describe("keysGranted returns no key", () => {
  const [decrypt] = permissionsPolicy(READ, {
    ...BUCKET,
    encryption: keyNamed("k", ["Bucket", "Object"]),
  }).Statement.slice(-1);
  const keysOf = (change: object) => keysGranted(policyDocument([{ ...decrypt, ...change } as Statement]), BUCKET.arn);
  const condition = (via: object, context: object) => ({ Condition: { StringEquals: via, StringLike: context } });
  const via = { "kms:ViaService": "s3.eu-central-1.amazonaws.com" };
  const context = { "kms:EncryptionContext:aws:s3:arn": BUCKET.arn };

  test("without a policy, or without statements on keys", () => {
    expect(keysOf({})).toHaveLength(1);
    expect(keysGranted(undefined, BUCKET.arn)).toEqual([]);
    expect(keysGranted(permissionsPolicy(READ, BUCKET), BUCKET.arn)).toEqual([]);
  });

  test.each<[string, object]>([
    ["of any name", { Resource: "*" }],
    ["with a wildcard", { Resource: `${KEY_ARN.slice(0, -1)}*` }],
    ["beside one with a wildcard", { Resource: [KEY_ARN, "arn:aws:kms:*:*:key/*"] }],
    ["by alias", { Resource: KEY_ARN.replace(/key\/.*/, "alias/k") }],
    ["with a policy variable", { Resource: `${KEY_ARN}\${aws:username}` }],
    ["of another region", { Resource: KEY_ARN.replace("eu-central-1", "eu-west-1") }],
    ["that the statement denies", { Effect: "Deny" }],
    ["of a statement with a Sid", { Sid: "Theirs" }],
    ["of a statement for a principal", { Principal: "*" }],
    ["with more actions", { Action: ["kms:Decrypt", "kms:GenerateDataKey", "kms:CreateGrant"] }],
    ["with all actions", { Action: "kms:*" }],
    ["for encryption only", { Action: "kms:GenerateDataKey" }],
    ["without conditions", { Condition: undefined }],
    ["not through S3", condition({ "kms:ViaService": "ec2.eu-central-1.amazonaws.com" }, context)],
    ["through S3 of any region", condition({ "kms:ViaService": "s3.*.amazonaws.com" }, context)],
    ["with a further condition", condition({ ...via, "aws:username": "a" }, context)],
    ["of another bucket", condition(via, { "kms:EncryptionContext:aws:s3:arn": `${BUCKET.arn}-2` })],
    ["of every bucket", condition(via, { "kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::*" })],
    ["of buckets whose name begins alike", condition(via, { "kms:EncryptionContext:aws:s3:arn": `${BUCKET.arn}*` })],
  ])("%s", (_, change) => {
    expect(keysOf(change)).toEqual([]);
  });

  test("whatever a policy contains, that grants more than keys for this bucket", () => {
    const strange = fc.oneof(
      fc.constantFrom(
        "*",
        KEY_ARN,
        FORMER_KEY_ARN,
        `${KEY_ARN}*`,
        BUCKET.arn,
        `${BUCKET.arn}/*`,
        "kms:Decrypt",
        "kms:*",
      ),
      fc.constantFrom("kms:GenerateDataKey", "s3.eu-central-1.amazonaws.com", OTHER_ACCOUNT, ""),
    );
    const values = fc.oneof(strange, fc.array(strange, { maxLength: 3 }));
    const tests = fc.dictionary(
      fc.constantFrom("kms:ViaService", "kms:EncryptionContext:aws:s3:arn", "aws:userid"),
      values,
    );
    const statement = fc.record(
      {
        Effect: fc.constantFrom("Allow" as const, "Deny" as const),
        Action: values,
        Resource: values,
        Condition: fc.dictionary(fc.constantFrom("StringEquals", "StringLike", "StringNotEquals"), tests),
        NotAction: values,
      },
      { requiredKeys: ["Effect"] },
    );
    const property = fc.property(fc.array(statement, { maxLength: 3 }), (statements) => {
      const found = keysGranted(policyDocument(statements), BUCKET.arn);
      const again = permissionsPolicy(READ, { ...BUCKET, formerEncryptions: found }).Statement;
      const onKeys = again.filter(({ Action }) => Action === "kms:Decrypt");
      expect(JSON.stringify(onKeys.map(({ Resource }) => Resource))).not.toContain("*");
      expect(found.every(({ kmsKeyArn }) => kmsKeyArn === KEY_ARN || kmsKeyArn === FORMER_KEY_ARN)).toBe(true);
    });
    fc.assert(property, { numRuns: 1_000 });
  });
});
