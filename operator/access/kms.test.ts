import { describe, expect, test } from "vitest";
import type { Grant } from "../api/types.ts";
import { reachOf } from "./grants.ts";
import { encryptionContexts, keyStatements } from "./kms.ts";
import type { EncryptionContext } from "./model.ts";
import { BUCKET, KEY_ARN } from "./testing/requests.ts";

const GRANTS: Grant[] = [
  { prefix: "in/", permissions: ["Write"] },
  { prefix: "out/", permissions: ["Read"] },
  { prefix: "old/", permissions: ["Delete", "List"] },
];

/** Action and encryption contexts of each statement. */
function said(contexts: EncryptionContext[], grants: Grant[] = GRANTS) {
  return keyStatements(reachOf(grants), BUCKET, { kmsKeyArn: KEY_ARN, contexts }).map(({ Action, Condition }) => [
    Action,
    Condition?.["StringLike"]?.["kms:EncryptionContext:aws:s3:arn"],
  ]);
}

test("with a bucket key KMS hears of the bucket", () => {
  expect(said(["Bucket"])).toEqual([[["kms:Decrypt", "kms:GenerateDataKey"], BUCKET.arn]]);
});

test("without one it hears of the object", () => {
  expect(said(["Object"])).toEqual([
    [["kms:Decrypt", "kms:GenerateDataKey"], `${BUCKET.arn}/in/*`],
    ["kms:Decrypt", `${BUCKET.arn}/out/*`],
  ]);
});

test("while that changes, of both", () => {
  expect(said(["Bucket", "Object"])).toEqual([
    [
      ["kms:Decrypt", "kms:GenerateDataKey"],
      [BUCKET.arn, `${BUCKET.arn}/in/*`],
    ],
    ["kms:Decrypt", `${BUCKET.arn}/out/*`],
  ]);
});

test("to write below what is read, and to read below what is written, is said once", () => {
  const grant = (prefix: string, permission: "Read" | "Write"): Grant => ({ prefix, permissions: [permission] });
  const grants = [grant("a/", "Read"), grant("a/in/", "Write"), grant("b/", "Write"), grant("b/out/", "Read")];
  expect(said(["Object"], grants).map(([, arns]) => arns)).toEqual([
    [`${BUCKET.arn}/a/in/*`, `${BUCKET.arn}/b/*`],
    `${BUCKET.arn}/a/*`,
  ]);
});

test("to delete and to list takes no key", () => {
  expect(said(["Bucket", "Object"], GRANTS.slice(2))).toEqual([]);
});

test("to read takes no new key", () => {
  expect(said(["Bucket"], GRANTS.slice(1))).toEqual([["kms:Decrypt", BUCKET.arn]]);
});

test.each([
  ["us-gov-west-1", "s3.us-gov-west-1.amazonaws.com"],
  ["cn-north-1", "s3.cn-north-1.amazonaws.com.cn"],
])("S3 in %s goes by %s", (region, service) => {
  const bucket = { ...BUCKET, region };
  const [statement] = keyStatements(reachOf(GRANTS), bucket, { kmsKeyArn: KEY_ARN, contexts: ["Bucket"] });
  expect(statement?.Condition?.["StringEquals"]).toEqual({ "kms:ViaService": service });
});

describe("encryptionContexts", () => {
  test.each<[boolean | undefined, EncryptionContext[] | undefined, EncryptionContext[]]>([
    [true, undefined, ["Bucket"]],
    [false, undefined, ["Object"]],
    [undefined, undefined, ["Bucket", "Object"]],
    [true, ["Bucket"], ["Bucket"]],
    [true, ["Object"], ["Bucket", "Object"]],
    [false, ["Bucket"], ["Bucket", "Object"]],
    [false, ["Object", "Bucket"], ["Bucket", "Object"]],
  ])("bucket key %j after %j: %j", (enabled, applied, contexts) => {
    expect(encryptionContexts(enabled, applied)).toEqual(contexts);
  });
});
