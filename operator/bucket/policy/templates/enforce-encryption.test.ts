import { expect, test } from "vitest";
import { BUCKET_ARN, EXEMPT, KEY_ARN, policyContextWith } from "../testing/context.ts";
import type { PolicyContext } from "./context.ts";
import { enforceEncryption } from "./enforce-encryption.ts";

const ALGORITHM = "s3:x-amz-server-side-encryption";
const KEY = "s3:x-amz-server-side-encryption-aws-kms-key-id";

function statements(encryption: PolicyContext["encryption"]) {
  return enforceEncryption({ enforceEncryption: true }, policyContextWith({ encryption }));
}

function deny(name: string, condition: object) {
  return {
    Sid: `S3OperatorDeny${name}`,
    Effect: "Deny",
    Principal: "*",
    Action: "s3:PutObject",
    Resource: `${BUCKET_ARN}/*`,
    Condition: {
      ...condition,
      BoolIfExists: { "aws:PrincipalIsAWSService": "false" },
      ArnNotLikeIfExists: { "aws:PrincipalArn": EXEMPT },
    },
  };
}

const noCustomerKey = deny("CustomerKey", { Null: { [`${ALGORITHM}-customer-algorithm`]: "false" } });

test.each(["AES256", "aws:kms", "aws:kms:dsse"])("%s without a key: tests only the algorithm", (sseAlgorithm) => {
  expect(statements({ sseAlgorithm })).toStrictEqual([
    deny("OtherAlgorithm", { StringNotEquals: { [ALGORITHM]: sseAlgorithm }, Null: { [ALGORITHM]: "false" } }),
    noCustomerKey,
  ]);
});

test.each(["aws:kms", "aws:kms:dsse"])(
  "%s with a key: another key, and none where S3 would take aws/s3",
  (sseAlgorithm) => {
    expect(statements({ sseAlgorithm, kmsKeyArn: KEY_ARN }).slice(1)).toStrictEqual([
      noCustomerKey,
      deny("OtherKey", { StringNotEquals: { [KEY]: KEY_ARN }, Null: { [KEY]: "false" } }),
      deny("NoKey", { Null: { [ALGORITHM]: "false", [KEY]: "true" } }),
    ]);
  },
);

test("makes no statement if no encryption is declared", () => {
  expect(statements({})).toEqual([]);
});

test.each([undefined, false])("makes no statement for enforceEncryption %s", (wanted) => {
  const spec = wanted === undefined ? {} : { enforceEncryption: wanted };
  expect(enforceEncryption(spec, policyContextWith({ encryption: { sseAlgorithm: "AES256" } }))).toEqual([]);
});
