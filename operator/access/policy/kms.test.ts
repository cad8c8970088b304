import { describe, expect, test } from "vitest";
import type { Grant } from "../../api/types.ts";
import { BUCKET, KEY_ARN } from "../testing/requests.ts";
import { reachOf } from "./grants.ts";
import { encryptionContexts, formerEncryptions, formerKeyStatements, keyStatements, statementsOnKeys } from "./kms.ts";
import type { AccessEncryption, EncryptionContext } from "./model.ts";

const GRANTS: Grant[] = [
  { prefix: "in/", permissions: ["Write"] },
  { prefix: "out/", permissions: ["Read"] },
  { prefix: "old/", permissions: ["Delete", "List"] },
];

/** Action and encryption contexts of each statement. */
function actionsAndContexts(contexts: EncryptionContext[], grants: Grant[] = GRANTS) {
  return keyStatements(reachOf(grants), BUCKET, [{ kmsKeyArn: KEY_ARN, contexts }]).map(({ Action, Condition }) => [
    Action,
    Condition?.["StringLike"]?.["kms:EncryptionContext:aws:s3:arn"],
  ]);
}

test("keyStatements: with a bucket key, the encryption context is the bucket", () => {
  expect(actionsAndContexts(["Bucket"])).toEqual([[["kms:Decrypt", "kms:GenerateDataKey"], BUCKET.arn]]);
});

test("keyStatements: without a bucket key, the encryption context is the object", () => {
  expect(actionsAndContexts(["Object"])).toEqual([
    [["kms:Decrypt", "kms:GenerateDataKey"], `${BUCKET.arn}/in/*`],
    ["kms:Decrypt", `${BUCKET.arn}/out/*`],
  ]);
});

test("keyStatements: while bucketKeyEnabled changes, the encryption context is either", () => {
  expect(actionsAndContexts(["Bucket", "Object"])).toEqual([
    [
      ["kms:Decrypt", "kms:GenerateDataKey"],
      [BUCKET.arn, `${BUCKET.arn}/in/*`],
    ],
    ["kms:Decrypt", `${BUCKET.arn}/out/*`],
  ]);
});

test("keyStatements: a prefix below another one is named only where it adds permissions", () => {
  const grant = (prefix: string, permission: "Read" | "Write"): Grant => ({ prefix, permissions: [permission] });
  const grants = [grant("a/", "Read"), grant("a/in/", "Write"), grant("b/", "Write"), grant("b/out/", "Read")];
  expect(actionsAndContexts(["Object"], grants).map(([, arns]) => arns)).toEqual([
    [`${BUCKET.arn}/a/in/*`, `${BUCKET.arn}/b/*`],
    `${BUCKET.arn}/a/*`,
  ]);
});

test("keyStatements: Delete and List need no key", () => {
  expect(actionsAndContexts(["Bucket", "Object"], GRANTS.slice(2))).toEqual([]);
});

test("keyStatements: Read needs only kms:Decrypt", () => {
  expect(actionsAndContexts(["Bucket"], GRANTS.slice(1))).toEqual([["kms:Decrypt", BUCKET.arn]]);
});

test.each([
  ["us-gov-west-1", "s3.us-gov-west-1.amazonaws.com"],
  ["cn-north-1", "s3.cn-north-1.amazonaws.com.cn"],
])("keyStatements: the service name of S3 in %s is %s", (region, service) => {
  const bucket = { ...BUCKET, region };
  const [statement] = keyStatements(reachOf(GRANTS), bucket, [{ kmsKeyArn: KEY_ARN, contexts: ["Bucket"] }]);
  expect(statement?.Condition?.["StringEquals"]).toEqual({ "kms:ViaService": service });
});

describe("encryptionContexts", () => {
  test.each<[boolean | undefined, EncryptionContext[]]>([
    [true, ["Bucket"]],
    [false, ["Object"]],
    [undefined, ["Bucket", "Object"]],
  ])("with bucketKeyEnabled %j are %j", (enabled, contexts) => {
    expect(encryptionContexts(enabled)).toEqual(contexts);
  });
});

describe("the former keys of a bucket", () => {
  const key = (name: string, contexts: EncryptionContext[] = ["Bucket"]): AccessEncryption => ({
    kmsKeyArn: `${KEY_ARN}-${name}`,
    contexts,
  });

  test("are for reading only, and not for grants without Read", () => {
    const statements = formerKeyStatements(reachOf(GRANTS), BUCKET, [key("a"), key("b"), key("c", ["Object"])]);
    expect(statements.map(({ Action, Resource }) => [Action, Resource])).toEqual([
      ["kms:Decrypt", [`${KEY_ARN}-a`, `${KEY_ARN}-b`]],
      ["kms:Decrypt", `${KEY_ARN}-c`],
    ]);
    expect(statements.map(({ Condition }) => Condition?.["StringLike"])).toEqual([
      { "kms:EncryptionContext:aws:s3:arn": BUCKET.arn },
      { "kms:EncryptionContext:aws:s3:arn": `${BUCKET.arn}/out/*` },
    ]);
    const inbox: Grant[] = [{ prefix: "in/", permissions: ["Write", "Delete", "List"] }];
    expect(formerKeyStatements(reachOf(inbox), BUCKET, [key("a")])).toEqual([]);
  });

  test("are for writing too while S3 still encrypts with them, without another statement", () => {
    const recorded = [{ kmsKeyArn: "a", contexts: ["Bucket" as const] }];
    const encryption = key("now");
    const during = { ...BUCKET, encryption, formerEncryptions: formerEncryptions(recorded, encryption.kmsKeyArn, "a") };
    expect(statementsOnKeys(reachOf(GRANTS), during)).toMatchObject([
      { Action: ["kms:Decrypt", "kms:GenerateDataKey"], Resource: [`${KEY_ARN}-now`, "a"] },
    ]);
    const after = { ...during, formerEncryptions: formerEncryptions(recorded, encryption.kmsKeyArn) };
    expect(statementsOnKeys(reachOf(GRANTS), after)).toMatchObject([
      { Action: ["kms:Decrypt", "kms:GenerateDataKey"], Resource: `${KEY_ARN}-now` },
      { Action: "kms:Decrypt", Resource: "a" },
    ]);
  });

  test("are the last five known ones other than the current key", () => {
    const known = ["now", "1", "2", "3", "4", "5"].map((kmsKeyArn) => ({ kmsKeyArn, contexts: ["Object" as const] }));
    const names = (current?: string) => formerEncryptions(known, current).map(({ kmsKeyArn }) => kmsKeyArn);
    expect(names("now")).toEqual(["1", "2", "3", "4", "5"]);
    expect(names("new")).toEqual(["now", "1", "2", "3", "4"]);
    expect(names("2")).toEqual(["now", "1", "3", "4", "5"]);
    expect(names()).toEqual(["now", "1", "2", "3", "4"]);
    expect(formerEncryptions([], "new")).toEqual([]);
  });
});
